"""The clock of this process beside the machine's: a test may travel in time, and its containers must go along.

It is alone in this file because it touches the disk to learn the kernel's time.
"""

from __future__ import annotations

import tempfile
import time
from os import fstat
from pathlib import Path

COARSE = 1.0  # seconds by which the times of files may lag


def clock_offset(folder: Path) -> float:
    """Returns the seconds by which this process's clock is ahead of the machine's; 0 if both are one clock.

    A library that shifts time changes what Python reads, and not the times that the kernel gives to files.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        offset = time.time() - fstat(file.fileno()).st_mtime
    return offset if abs(offset) > COARSE else 0.0

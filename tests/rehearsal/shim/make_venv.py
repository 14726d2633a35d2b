"""`python3 -m venv DIR`, with a stand-in for pip in it."""

from __future__ import annotations

import shutil
import sys
import sysconfig
import venv
from pathlib import Path

folder = Path(sys.argv[1])
venv.create(folder, symlinks=True)
site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
(site / "pip").mkdir()
(site / "pip" / "__init__.py").touch()  # a package, so that no other pip on the path comes before it
shutil.copy(Path(__file__).with_name("pip_stand_in.py"), site / "pip" / "__main__.py")

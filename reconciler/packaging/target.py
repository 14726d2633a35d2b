"""The runtime that an archive is for."""

from __future__ import annotations

from dataclasses import dataclass

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
DEFAULT_PYTHON = "3.13"
# Both are needed: with manylinux2014 alone pip quietly takes releases of years ago. Lambda's Pythons from 3.12 on have
# the C library that manylinux_2_28 asks for; 3.11 is here for those who try an archive where they are.
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")
GLIBC = (2, 28)


@dataclass(frozen=True)
class Target:
    python: str
    """Major and minor, as in 3.13."""

    @property
    def digits(self) -> str:
        return self.python.replace(".", "")

    @property
    def minor(self) -> int:
        return int(self.python.partition(".")[2])

    def pip_arguments(self) -> list[str]:
        """Wheels for the target, whatever this machine is."""
        platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
        return [*platforms, "--python-version", self.python, "--implementation", "cp", "--only-binary=:all:"]

"""The Lambda runtime that an archive is built for."""

from __future__ import annotations

from dataclasses import dataclass

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
DEFAULT_PYTHON = "3.13"
# Both are needed: with manylinux2014 alone pip silently takes releases that are years old. Lambda's runtimes from
# Python 3.12 on have the C library of manylinux_2_28. Python 3.11 is for trying an archive on a local machine.
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")
GLIBC = (2, 28)


@dataclass(frozen=True)
class Runtime:
    python: str
    """Major and minor version, such as 3.13."""

    @property
    def digits(self) -> str:
        return self.python.replace(".", "")

    @property
    def minor(self) -> int:
        return int(self.python.partition(".")[2])

    def pip_arguments(self) -> list[str]:
        """Returns pip's options for wheels of the target, independent of this machine."""
        platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
        return [*platforms, "--python-version", self.python, "--implementation", "cp", "--only-binary=:all:"]

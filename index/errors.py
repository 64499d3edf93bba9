"""Every deliberate error, as a tree.

    PolicyError
    ├── InvalidQuestion        an empty or unusable question
    ├── SettingsError          an unknown or impossible setting
    ├── MissingExtra           an optional package that is not installed
    ├── ModelError             a model that cannot be found, read or trusted
    │   └── WeightsDamaged     the file is there, its content is not what it should be
    ├── LoadError              one file that cannot become a document
    │   ├── UnknownFormat      no loader knows its type
    │   ├── EmptyDocument      nothing to read in it
    │   └── UnreadableFile     missing, binary, no permission, damaged
    └── LibraryError           the store as a whole
        ├── LibraryBusy        another process is writing
        ├── LibraryReadOnly    the home cannot be written
        ├── LibraryFull        the disk is full
        ├── LibraryDamaged     not a library, or one that a fault has harmed
        ├── LibraryTooNew      made by a newer version of this software
        ├── EncoderMismatch    its vectors come from another encoder
        └── UnknownDocument    no document has that id

A message names the thing, says what is wrong and then what to do. ``str(error)`` is English, for logs; the
command line and the page show ``error.chinese``, which says the same to the people who use them.
"""

from __future__ import annotations


class PolicyError(Exception):
    """The root: catch it to catch everything that this software raises on purpose."""

    def __init__(self, message: str, chinese: str) -> None:
        super().__init__(message)
        self.chinese = chinese

    def __reduce__(self) -> tuple[type[PolicyError], tuple[str, str]]:
        """How it passes from one process to another."""
        return type(self), (str(self), self.chinese)


class InvalidQuestion(PolicyError):
    """The question is empty, or has nothing in it that could be searched."""


class SettingsError(PolicyError):
    """A setting is unknown, or its value is impossible."""


class MissingExtra(PolicyError):
    """A feature needs an optional package; the message is the command that installs it."""


class ModelError(PolicyError):
    """A model cannot be found or loaded."""


class WeightsDamaged(ModelError):
    """A weights file is truncated, or its checksum is not the expected one."""


class LoadError(PolicyError):
    """One file cannot become a document; the others are not concerned."""


class UnknownFormat(LoadError):
    """No loader knows this type of file."""


class EmptyDocument(LoadError):
    """The file holds no text."""


class UnreadableFile(LoadError):
    """The file is missing, binary, damaged, or not readable by this user."""


class LibraryError(PolicyError):
    """The store as a whole cannot be used as asked."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryReadOnly(LibraryError):
    """The library's home cannot be written."""


class LibraryFull(LibraryError):
    """The disk that holds the library is full."""


class LibraryDamaged(LibraryError):
    """The file is not a library, or it has been harmed."""


class LibraryTooNew(LibraryError):
    """The library was made by a newer version of this software."""


class EncoderMismatch(LibraryError):
    """The library's vectors were made by another encoder than the configured one."""


class UnknownDocument(LibraryError):
    """No document of the library has that id."""

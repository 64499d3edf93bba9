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
    ├── AccountError           users, their passwords and tokens
    │   ├── InvalidAccount     a name, password, role or label that cannot be
    │   ├── AccountExists      a user of that name is there already
    │   ├── UnknownUser        no user has that name
    │   ├── UnknownToken       no token has that id or label
    │   ├── LastAdmin          other users would be left without an admin
    │   └── TooManyAttempts    too many wrong passwords for one name
    ├── UnknownConversation    the user has no conversation of that id
    ├── UnknownFeedback        the user has given no feedback of that id
    ├── InvalidFact            a fact of a document cannot be corrected, or not be that
    ├── Undescribable          the file whose facts are corrected is gone, changed, or in an archive
    ├── TooLarge               more than is kept of a conversation or of feedback
    ├── StorageError           a file of users, conversations or feedback
    │   ├── StorageBusy        another process is writing
    │   ├── StorageUnwritable  it cannot be written, or the disk is full
    │   ├── StorageDamaged     not such a file, or one that a fault has harmed
    │   └── StorageTooNew      made by a newer version of this software
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


class ReaderDamaged(ModelError):
    """A file of the trained reader is missing, or its checksum is not the expected one."""


class LoadError(PolicyError):
    """One file cannot become a document; the others are not concerned."""


class UnknownFormat(LoadError):
    """No loader knows this type of file."""


class EmptyDocument(LoadError):
    """The file holds no text."""


class UnreadableFile(LoadError):
    """The file is missing, binary, damaged, or not readable by this user."""


class AccountError(PolicyError):
    """Something about users that the caller can put right."""


class InvalidAccount(AccountError):
    """A name, password, role or label is empty, too long, too short or not text."""


class AccountExists(AccountError):
    """A user of that name is there already."""


class UnknownUser(AccountError):
    """No user has that name."""


class UnknownToken(AccountError):
    """No token has that id or label."""


class LastAdmin(AccountError):
    """The change would leave the other users without an admin."""


class TooManyAttempts(AccountError):
    """Too many wrong passwords were given for one name; it is locked for a while."""


class UnknownConversation(PolicyError):
    """The user has no conversation of that id; another's counts as none."""


class UnknownFeedback(PolicyError):
    """The user has given no feedback of that id."""


class InvalidFact(PolicyError):
    """A fact of that name cannot be corrected, or not be that."""


class Undescribable(PolicyError):
    """The document's file is gone, has changed, lies in an archive, or nothing can be written beside it."""


class TooLarge(PolicyError):
    """A conversation, a title or a piece of feedback is larger than what is kept."""


class StorageError(PolicyError):
    """A file of users, conversations or feedback cannot be used as asked."""


class StorageBusy(StorageError):
    """Another process is writing to the file."""


class StorageUnwritable(StorageError):
    """The file or its folder cannot be written, or the disk is full."""


class StorageDamaged(StorageError):
    """The file is not what its name says, or it has been harmed."""


class StorageTooNew(StorageError):
    """The file was made by a newer version of this software."""


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

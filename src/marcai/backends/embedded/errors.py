"""What can go wrong before the embedded database answers.

MarcaiError
└── EmbeddedDatabaseError
    ├── NoDatabaseBinaries       the wheel is missing, or has nothing for this machine
    ├── ClosedFolder             the database's own user cannot enter the data folder
    ├── DataFolderInUse          another Marcaí runs on that folder
    ├── OtherDatabaseVersion     the folder was written by another major version
    └── DatabaseDidNotStart      initdb or postgres gave up; the text ends with their last lines
"""

from marcai.kit.errors import MarcaiError


class EmbeddedDatabaseError(MarcaiError):
    """The embedded database cannot be had."""


class NoDatabaseBinaries(EmbeddedDatabaseError):
    """There are no PostgreSQL binaries for this machine."""


class ClosedFolder(EmbeddedDatabaseError):
    """The database's own user cannot enter a folder that it would have to live in."""


class DataFolderInUse(EmbeddedDatabaseError):
    """Another process owns the data folder."""


class OtherDatabaseVersion(EmbeddedDatabaseError):
    """The data folder belongs to another major version of PostgreSQL."""


class DatabaseDidNotStart(EmbeddedDatabaseError):
    """The server ended, or did not answer in time."""

"""What can go wrong around a clinic itself.

MarcaiError
└── ClinicError
    ├── SlugTaken       another clinic has this slug
    ├── AddressTaken    another clinic receives at this number or name of a channel
    └── UnknownScope    no key can have this scope
"""

from marcai.kit.errors import MarcaiError


class ClinicError(MarcaiError):
    """Any of the above."""


class SlugTaken(ClinicError):
    """Another clinic has this slug."""


class AddressTaken(ClinicError):
    """A channel's address leads to one clinic only."""


class UnknownScope(ClinicError):
    """The scope is not one of ours."""

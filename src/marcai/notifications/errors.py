"""What can be wrong with a webhook.

MarcaiError
└── NotificationError
    ├── WeakSecret            a secret of the caller's that is too short, or not the base64 that its prefix promises
    ├── BadAddress            an address that nothing is sent to: another scheme or port, a private network
    ├── UnknownEventType      nothing of that name ever happens
    ├── NoSuchSubscription    the clinic has no webhook with that id
    ├── NoSuchDeadLetter      the clinic has no delivery with that id
    ├── NotDead               the delivery is on its way, or has arrived
    └── SubscriptionInactive  nothing is sent to it now
"""

from uuid import UUID

from marcai.kit.errors import MarcaiError


class NotificationError(MarcaiError):
    """Any of the above."""


class WeakSecret(NotificationError):
    """The text says what a secret must look like, and never repeats one."""


class BadAddress(NotificationError):
    """The text says why, in words for the one who subscribes."""


class UnknownEventType(NotificationError):
    """The list of event types names one that we do not know, or none at all."""


class _Missing(NotificationError):
    def __init__(self, id_: UUID) -> None:
        super().__init__(f"{type(self).__name__} {id_}")


class NoSuchSubscription(_Missing):
    """It never existed here, or is another clinic's."""


class NoSuchDeadLetter(_Missing):
    """It never existed here, or is another clinic's."""


class NotDead(NotificationError):
    """Only a delivery that was given up can be replayed."""


class SubscriptionInactive(NotificationError):
    """It was deleted, switched off, or disabled by its own failures."""

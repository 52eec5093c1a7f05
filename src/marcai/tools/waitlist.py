"""Put the caller on the waitlist."""

from dataclasses import dataclass
from datetime import date

from marcai.clinics.actor import Actor
from marcai.clinics.may import Deed, may
from marcai.scheduling import waitlist
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.waitlist import Queued, TimeOfDay, WaitlistWish
from marcai.tools.allowed import Denial, NotAllowed, Stranger, denial, patient_of
from marcai.tools.earliest_slot import Wish, wished_type
from marcai.tools.register import write_down
from marcai.tools.unit import ToolUnit


@dataclass(frozen=True, slots=True)
class JoinArgs:
    """What the caller waits for; what is None is left open, the type then to the clinic's default. `stranger` as in booking."""

    appointment_type_id: AppointmentTypeId | None = None
    provider_id: ProviderId | None = None
    date_from: date | None = None
    date_to: date | None = None
    time_of_day: TimeOfDay | None = None
    channel: str | None = None
    stranger: Stranger | None = None


async def join(unit: ToolUnit, actor: Actor, args: JoinArgs) -> Queued | NotAllowed:
    """Put the caller into the queue, and say where they stand. Who waits for the very same already keeps the place."""
    raise NotImplementedError

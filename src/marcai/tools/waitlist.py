"""Put the caller on the waitlist."""

from dataclasses import dataclass
from datetime import date

from marcai.clinics.actor import Actor, Caller
from marcai.clinics.may import Deed, may
from marcai.scheduling import waitlist
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.waitlist import ConsentBasis, Queued, TimeOfDay, WaitlistWish
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


@dataclass(frozen=True, slots=True)
class NothingToWaitFor:
    """The clinic has no such type of visit, or no such provider, or no longer."""


async def join(unit: ToolUnit, actor: Actor, args: JoinArgs) -> Queued | NothingToWaitFor | NotAllowed:
    """Put the caller into the queue, and say where they stand. Who waits for the very same already keeps the place."""
    patient_id = patient_of(actor)
    if not may(actor, Deed.JOIN_WAITLIST, patient_id):
        return denial(actor)
    setup = await unit.setup()
    providers = frozenset({args.provider_id}) if args.provider_id is not None else frozenset()
    kind = wished_type(setup, Wish(provider_ids=providers, appointment_type_id=args.appointment_type_id))
    provider = setup.providers.get(args.provider_id) if args.provider_id is not None else None
    if kind is None or (args.provider_id is not None and (provider is None or not provider.is_active)):
        return NothingToWaitFor()
    if patient_id is None:
        if args.stranger is None:
            return NotAllowed(Denial.NO_PATIENT)
        patient_id = (await write_down(unit, args.stranger)).id
    wish = WaitlistWish(patient_id, kind.id, args.provider_id, args.date_from, args.date_to, args.time_of_day)
    waiting = await unit.waitlist.waiting_for(wish)
    if waiting is not None:
        return await waitlist.place_of(unit, waiting.id)
    channel = args.channel or (actor.channel if isinstance(actor, Caller) else None)
    consent = ConsentBasis.ASKED if isinstance(actor, Caller) else ConsentBasis.VOUCHED
    return await waitlist.join(unit, wish, channel=channel, consent=consent)

"""The English lexicon: words and phrases of time, and the words that only look like them."""

from marcai.understanding.dates.combiner import Combiner
from marcai.understanding.dates.constituents import KINDS, Amount, Clock, Holiday, PartOfDay, Piece, Which
from marcai.understanding.dates.lexicon import Lexicon
from marcai.understanding.dates.words import scan_words

_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth"
).split()

NUMBERS = (
    {word: value for value, word in enumerate(_UNITS, 1)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)} | {"fourty": 40, "zero": 0}
)
ORDINALS = {word: value for value, word in enumerate(_ORDINALS, 1)} | {
    "twentieth": 20,
    "thirtieth": 30,
    "fourth": 4,
    "fith": 5,
    "twelth": 12,
    "nineth": 9,
}

LEXICON = Lexicon(
    month_first=True,
    years_in_pairs=True,
    numbers=NUMBERS,
    ordinals=ORDINALS,
    ordinal_marks=frozenset({"st", "nd", "rd", "th"}),
    joiners=frozenset({"and"}),
    hundreds=frozenset({"hundred"}),
    thousands=frozenset({"thousand"}),
    glued_meridiems={"a": "am", "p": "pm"},
    counted=frozenset(
        "option choice slot floor time visit appointment grade class dose one opinion shot vaccine trimester baby child degree person session round half line place row "
        "level attempt try week-old appt opening available line step phase stage test question language name batch".split()
    ),
    streets=frozenset("street st avenue ave road rd blvd boulevard lane drive highway square plaza court".split()),
    measures=frozenset(
        "% ° percent percentage mg kg lb lbs pounds ml mm cm km mi miles mile feet ft inches dollars dollar bucks euros euro cents people persons peeps guests adults "
        "adult kids children patients students times pills tablets tablet pill dose doses dogs cats questions slots visits appointments stars blocks points degrees years-old".split()
    ),
    things=frozenset(
        "building room suite apt apartment floor unit version v ext extension tel phone cell mobile fax number id code bp pressure pain rating score scale fever temperature "
        "temp weight dose aged isbn flight bed ward extn pin zip gate chapter page size option item ticket case invoice order dates flat".split()
    ),
)


def _days() -> None:
    names = (
        "monday|mondays|monda",
        "tuesday|tuesdays|tue|tues|tuesdy",
        "wednesday|wednesdays|wed|weds|wednesay|wensday|wednsday",
        "thursday|thursdays|thu|thur|thurs|thrs|thirsday|thursdy",
        "friday|fridays|fri|firday",
        "saturday|saturdays|saterday",
        "sunday|sundays|sundy",
    )
    for number, spellings in enumerate(names):
        LEXICON.add("weekday", spellings, number)
    LEXICON.add("weekday", "mon", 0, weak=True)
    LEXICON.add("weekday", "sat", 5, weak=True)
    LEXICON.add("weekday", "sun", 6, weak=True)
    months = (
        "january|jan",
        "february|feb|febuary|febr",
        "",
        "april|apr",
        "",
        "june|jun",
        "july|jul",
        "august|aug",
        "september|sept|sep",
        "october|oct",
        "november|nov",
        "december|dec",
    )
    for number, spellings in enumerate(months, 1):
        if spellings:
            LEXICON.add("month", spellings, number, weak=True)
    LEXICON.add("month", "march|mar", 3, weak=True)
    LEXICON.add("month", "may", 5, weak=True)
    LEXICON.add("relative_day", "today|2day|tdy|otd|todays", 0)
    LEXICON.add(
        "relative_day", "tomorrow|tomorow|tommorow|tommorrow|tomorrows|tmrw|tmr|tmrrw|tmw|2moro|2morrow|2mrw|tmoro|tomoro|tmro|morrow", 1
    )
    LEXICON.add("relative_day", "day after tomorrow|day after tmrw|overmorrow|the day after tomorrow", 2)
    LEXICON.add("relative_day", "yesterday", -1)
    LEXICON.add("relative_day", "day before yesterday", -2)
    LEXICON.add("other", "up-to-date|up to date|out of date|to date|day to day|day-to-day|24/7|24 / 7|9-1-1|9/11")


def _units() -> None:
    for unit, spellings in {
        "day": "day|days|dys",
        "workday": "business day|business days|working day|working days|work day|work days|weekday|weekdays",
        "week": "week|weeks|wk|wks|week's",
        "fortnight": "fortnight|fortnights",
        "month": "month|months|mth|mths|month's",
        "quarter": "fiscal quarter",
        "year": "year|years|yr|yrs|year's",
    }.items():
        LEXICON.add("unit", spellings, unit)
    LEXICON.add("time_unit", "hour|hours|hr|hrs", "hour")
    LEXICON.add("time_unit", "minute|minutes|min|mins", "minute")
    LEXICON.add("week_end", "weekend|weekends|week-end|week end|wkend|wknd|wkends|weeknd")
    LEXICON.add("some", "a couple of|couple of|a couple|couple", 2)
    LEXICON.add("some", "a few|few|several", 3)
    LEXICON.add("fraction", "half", 30)
    LEXICON.add("fraction", "quarter|a quarter|qtr", 15)
    for spelling, minutes in (("1/2", 30), ("1/4", 15), ("3/4", 45), ("½", 30)):
        LEXICON.add(
            "amount",
            [f"{spelling} {unit}" for unit in ("hour", "an hour", "hr", "h", "of an hour", "hours")],
            Amount(((minutes, "minute"),)),
        )
    LEXICON.add("fraction", "three quarters|three-quarters", 45)
    LEXICON.add_which(
        {
            "next|nxt|the next|this next|the following|following": Which.NEXT,
            "this|the current|current|present|the present|this current": Which.THIS,
            "coming|upcoming|this coming|this upcoming|the coming|the upcoming": Which.COMING,
            "last|previous|the last|the past|the previous": Which.LAST,
            "all|whole|entire|the whole|the entire|all this": Which.ALL,
        }
    )
    LEXICON.add("after_next", "after next|after the next|after this one|after this next")
    LEXICON.add(
        "portion",
        "early|earlier|early on|beginning of|beginning|the beginning of|start of|the start of|at the beginning of|at the start of",
        "early",
    )
    LEXICON.add("portion", "mid|middle of|the middle of|mid-|in the middle of", "mid")
    LEXICON.add("portion", "late|end of|the end of|at the end of|tail end of|later in|late in", "late")
    LEXICON.add(
        "portion",
        "rest of|the rest of|remaining of|the remaining of|remainder of|the remainder of|remaining|rest|rest of the|the remaining",
        "rest",
    )
    LEXICON.add_all((("l", "late"), ("t", None), ("u", "month")), "eom")
    LEXICON.add_all((("l", "late"), ("t", None), ("u", "week")), "eow")
    LEXICON.add(
        "week_of", "week of|week commencing|week beginning|week starting|w/c|w / c|wc|week that starts|week starting from|wk of", "week"
    )
    LEXICON.add("week_of", "month of", "month")
    LEXICON.add("from_now", "from now|hence|later|from this day|away")
    LEXICON.add("ago", "ago")
    LEXICON.add("now", "now|right now|immediately|asap|as soon as possible|straight away")


def _clock() -> None:
    LEXICON.add("meridiem", "am|a.m.|a.m|a m|a . m .|a . m|a. m.", "am")
    LEXICON.add("meridiem", "pm|p.m.|p.m|p m|p . m .|p . m|p. m.", "pm")
    LEXICON.add("meridiem", "ampm|am/pm|am or pm", None)
    LEXICON.add("oclock", "o'clock|o clock|oclock|o\"clock|sharp|on the dot|ish|-ish|hours sharp")
    LEXICON.add("named_clock", "noon|midday|mid-day|noontime|mid day|high noon|noonish", Clock(12, 0, settled=True))
    LEXICON.add("named_clock", "midnight|mid-night|mid night", Clock(0, 0, settled=True))
    LEXICON.add("named_clock", "midafternoon|mid-afternoon|mid afternoon", Clock(14, 0, settled=True))
    LEXICON.add("named_clock", "midmorning|mid-morning|mid morning", Clock(10, 0, settled=True))
    LEXICON.add_parts(
        {
            "morning|mornings|morn|mornin": PartOfDay("morning", 360, 720),
            "early hours of the morning|early hours|small hours|dawn|daybreak|sunrise|wee hours|crack of dawn|wee hours of the morning": PartOfDay(
                "dawn", 180, 360
            ),
            "lunch time|lunchtime|lunch-time|lunch hour": PartOfDay("noon", 660, 780, as_range=True),
            "first thing in the morning|first thing": PartOfDay("morning", 360, 720),
            "lunch": PartOfDay("noon", 660, 780),
            "afternoon|afternoons|arvo|aft|afternoon's": PartOfDay("afternoon", 720, 1080),
            "evening|evenings|eve|sunset|dusk": PartOfDay("evening", 1080, 1320),
            "dinner|dinnertime|dinner time": PartOfDay("evening", 960, 1200, as_range=True),
            "night|nights|nighttime|night-time|night time|nite": PartOfDay("evening", 1080, 1320, night=True),
            "daytime|day time|day-time|business hours|working hours|office hours": PartOfDay("afternoon", 480, 1080, as_range=True),
            "after work|after school": PartOfDay("evening", 1020, 1200),
        }
    )
    evening = PartOfDay("evening", 1080, 1320, night=True)
    LEXICON.add_all(((KINDS["relative_day"], 0), (KINDS["part"], evening)), "tonight|tonite|2nite|2night|tonigh|tonights")
    LEXICON.add_all(((KINDS["time_unit"], "hour"), (KINDS["part"], evening)), "overnight hours")
    LEXICON.add(
        "other",
        "on second thought|on second thoughts|wed like|wed love|wed be|wed need|wed prefer|help today|your help today|good morning|good afternoon|good evening|good night|goodnight|have a good day|have a nice day|nice day|great day|good day|have a great week|great week|"
        "have a great month|great month|nice week|good week|good weekend|great weekend|nice weekend|happy new year|merry christmas|happy easter|"
        "happy holidays|happy halloween|happy thanksgiving|morning sickness|night sweats|sun allergy|sun burn|sunday street|all day|every day|everyday|"
        "per day|per week|each day|once a day|twice a day|twice a week|once a week|night shift|one day|some day|someday|same day|day care|date of birth|times a day|any time|second opinion|"
        "last one|next one|past one|this one|next step|last name|first name|last time|first time|next time|at least|at most|at all|at once|at home|"
        "year old|years old|months old|weeks old|days old|yr old|yrs old|year-old|month-old|week-old|month old|week old|day old|yo|y/o|mo old|good morning all",
    )


def _small_words() -> None:
    for kind, spellings in {
        "comma": ",|;|(|)",
        "stop": ".|!|?|:",
        "dash": "-|->",
        "slash": "/",
        "of": "of",
        "the": "the|da|my|our|your",
        "article": "a|an",
        "at": "at|@|by around|for around",
        "on": "on|upon",
        "in": "in|inside|during|throughout",
        "approximately": "about|around|approximately|approx|roughly|circa|say|like|exactly|preferably|maybe|perhaps|possibly|ideally|~|exactly at|just",
        "for": "for",
        "and": "and|&|n",
        "or": "or|nor",
        "more": "more|additional|further|full|whole",
        "from": "from|frm",
        "to": "to|thru|through to|up to|->",
        "till": "till|til|until|through|untill|'til|up until|up till|all the way to|no later than|not later than|as late as|not past",
        "between": "between|btw|btwn|betw|b/w",
        "past": "past",
        "minus": "minus|before the hour of",
        "within": "within|less than|in less than|over|in under|under",
        "starting": "starting|beginning on|since|starting from|starting on|starting at|as of|as from|beginning|beginning from|begins|commencing",
        "after": "after|later than|past about|any time after|anytime after|at or after|on or after|not until|no earlier than|not earlier than|only after",
        "before": "before|earlier than|prior to|in advance of|ahead of|any time before|anytime before|sooner than|no later than just",
        "by": "by|on or before|at or before|before or in|before or on|before or at|on or earlier than|at the latest by|"
        "at or earlier than|by the latest",
        "onwards": "onwards|onward|or later|and later|or after|and after|and up|and on|on wards|or thereafter|and beyond|at the earliest|or any time after|or anytime after",
        "or_earlier": "or earlier|or before|at the latest|or sooner|and earlier|and before",
        "not": "not|nothing|can't|cant|cannot|can not|won't|wont|isn't|not on|can't do|cant do|cannot do|can't make|cant make|cannot make|can't on|don't want|dont want|rather not|never|n't|avoid|not at|skip",
        "except": "except|except for|excluding|other than|apart from|besides|any day but|every day but|anything but|any time but|all but|anytime but|any but|"
        "but not|but not on|aside from|just not|day but|days but|not counting|excepting|anything except|instead of|rather than|not including|save",
        "not_possible": "doesn't work|doesnt work|does not work|won't work|wont work|will not work|is no good|isn't good|isnt good|is not good|is out|are out|"
        "is impossible|isn't possible|isnt possible|is not possible|is bad|don't work|dont work|do not work|is off|won't do|wont do|is no use|is not available|"
        "i can't|i cant|i cannot|'s no good|'s not good|'s bad|s no good|'s out|is full|isn't available|doesn't suit|doesnt suit|does not suit|excluded|"
        "is a no-go|is a no go|not possible|is too early|is too late|is too soon|can't work|cant work",
        "correction": "no wait|no , wait|wait|wait no|wait , no|sorry|i mean|i meant|scratch that|correction|or rather|make that|actually|actually no|no sorry|no , sorry|"
        "sorry no|sorry , no|oops|no no|no i mean|no , i mean|no i meant|no , i meant|nope|my bad|my mistake|no actually|no , actually|better yet|well no|"
        "hold on|let me correct that|strike that|no make that|no , make that|no make it|no , make it|that is to say|oh no|oh wait|um no|er|erm|no scratch that|"
        "not that|er no|er , no|uh no|uh , no|i mean no|no it is|no , it is|no it's|no , it's|sorry i mean|sorry , i mean|sorry i meant|sorry , i meant",
        "moving": "move|moving|moved|reschedule|rescheduled|rescheduling|change|changing|push|bump|swap|switch|shift|postpone|transfer",
    }.items():
        LEXICON.add(kind, spellings)
    LEXICON.add("correction", "no")
    LEXICON.add_all(((KINDS["portion"], "late"), (KINDS["which"], Which.THIS)), "later this")


def _feasts() -> None:
    for key, spellings in {
        "christmas_eve": "christmas eve|xmas eve",
        "christmas": "christmas|christmas day|xmas|xmas day",
        "boxing_day": "boxing day",
        "new_year_eve": "new year's eve|new years eve|new year eve|nye",
        "new_year": "new year's day|new years day|new year's|new year day",
        "valentine": "valentine's day|valentines day|valentine day|valentine's|valentines",
        "st_patrick": "st patrick's day|st. patrick's day|saint patrick's day|st patricks day|st paddy's day",
        "easter": "easter|easter sunday",
        "easter_monday": "easter monday",
        "good_friday": "good friday",
        "palm_sunday": "palm sunday",
        "ash_wednesday": "ash wednesday",
        "halloween": "halloween|hallowe'en",
        "thanksgiving": "thanksgiving|thanksgiving day",
        "black_friday": "black friday",
        "cyber_monday": "cyber monday",
        "us_independence": "independence day",
        "us_labor_day": "labor day",
        "labour_day": "labour day|international workers' day|international workers day|workers' day|workers day|may day",
        "memorial_day": "memorial day",
        "mothers_day": "mother's day|mothers day|mothers' day",
        "fathers_day": "father's day|fathers day|fathers' day",
        "veterans": "veterans day|veteran's day",
        "columbus": "columbus day",
        "mlk": "mlk day|martin luther king day|martin luther king jr day|martin luther king jr . day",
        "presidents": "presidents day|president's day|presidents' day",
        "earth_day": "earth day",
        "womens_day": "women's day|international women's day|womens day",
        "spring_festival": "chinese new year|lunar new year",
    }.items():
        LEXICON.add("day", spellings, Holiday(key))


for _fill in (_days, _units, _clock, _small_words, _feasts):
    _fill()

COMBINER = Combiner()


def scan(text: str) -> list[Piece]:
    """Return the constituents of an English text."""
    return scan_words(text, LEXICON)

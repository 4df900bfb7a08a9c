"""A morning's queue as a monitor finds it: every kind of item, in words of our own about people who do not exist."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from codebook.gazetteer import gazetteer
from codebook.records import Facts, Perpetrator, Seizure, Victim
from store.decisions import approve
from store.schema import Candidate
from tests.review_ui import seed

WEAPONS_FOUND = Facts(
    incident_type="weapons_seizure", date=dt.date(2025, 3, 4), date_precision="day", jurisdiction="MK",
    weapons=("automatic", "handgun", "ammunition"), possession="illegal", place_type="home",
    perpetrators=(Perpetrator(sex="male", age=41, status="arrested"),),
    seizure=Seizure(firearms=4, rounds=1250, where="inland"),
)  # fmt: skip
PARTNER_KILLED = Facts(
    incident_type="domestic_violence", subtype="intimate_partner", date=dt.date(2025, 3, 2), date_precision="day",
    time_of_day="night", jurisdiction="AL", place_type="home", weapons=("rifle_shotgun",), possession="legal",
    victims=(Victim(sex="female", age=38, outcome="killed", relation="former_partner"),
             Victim(sex="female", age=63, outcome="injured", relation="family")),
    perpetrators=(Perpetrator(sex="male", age=45, status="arrested"),),
)  # fmt: skip
SUICIDE = Facts(
    incident_type="suicide", date=dt.date(2025, 3, 3), date_precision="day", jurisdiction="MD", place_type="home",
    weapons=("rifle_shotgun",), possession="legal",
    victims=(Victim(sex="male", age=57, outcome="suicide", relation="self"),),
)  # fmt: skip
EXPLOSION = Facts(
    incident_type="undetermined_explosion", date=dt.date(2025, 3, 1), date_precision="day", time_of_day="night",
    jurisdiction="XK", place_type="vehicle", weapons=("explosive",),
)  # fmt: skip


def morning(session: Session, by: str) -> None:
    """Six open items, and an approved incident that one of them proposes to update; `by` has approved it."""
    _partner_killed(session)
    _dispute(session)
    _weapons_found(session)
    _suicide(session)
    _explosion(session)
    _update(session, by)


def _at(facts: Facts, place: str) -> Facts:
    """The facts at a municipality of the gazetteer."""
    found = gazetteer().municipality_of(gazetteer().lookup(place, facts.jurisdiction)[0])
    where = {"place": found.name, "place_id": found.id, "latitude": found.latitude, "longitude": found.longitude}
    return Facts.model_validate(facts.model_dump() | where | {"geo_precision": 1})


def _dispute(session: Session) -> None:
    facts = _at(seed.DISPUTE, "Novi Pazar").model_copy(
        update={"perpetrators": (Perpetrator(sex="male", age=29, status="wanted"),)}
    )
    made = seed.candidate(session, "cdispute", facts=facts, priority=4.0)
    title = "Рањен мушкарац у Новом Пазару, полиција трага за нападачем"
    text = (
        "Мушкарац (34) рањен је синоћ из пиштоља у кафани у Новом Пазару, после свађе за столом.\n\n"
        "Повреде нису опасне по живот. Полиција трага за осумњиченим (29), познаником повређеног."
    )
    evidence = spans(
        title, text, place=["Новом Пазару"], date=["синоћ"], time_of_day=["синоћ"], weapons=["пиштоља"],
        place_type=["кафани"], incident_type=["свађе за столом"], victims_0__sex=["Мушкарац"],
        victims_0__age=["(34)"], victims_0__outcome=["рањен је"], victims_0__relation=["познаником повређеног"],
        perpetrators_0__age=["(29)"], perpetrators_0__status=["трага за осумњиченим"],
    )  # fmt: skip
    confidence = {
        "incident_type": 0.78, "date": 0.91, "time_of_day": 0.9, "jurisdiction": 0.99, "place": 0.95, "weapons": 0.97,
        "place_type": 0.7, "victims[0].sex": 0.99, "victims[0].age": 0.98, "victims[0].outcome": 0.96,
        "victims[0].relation": 0.55, "perpetrators[0].age": 0.8, "perpetrators[0].status": 0.86,
    }  # fmt: skip
    seed.report(session, made, title, text, facts=facts, script="Cyrl", evidence=evidence, confidence=confidence)
    title = "Saopštenje: ranjavanje u ugostiteljskom objektu"
    text = (
        "Policijska uprava u Novom Pazaru obaveštava da je 3. marta oko 22 časa u ugostiteljskom objektu ispaljen jedan "
        "hitac iz vatrenog oružja. Lakše je povređen muškarac star 34 godine."
    )
    evidence = spans(
        title, text, place=["Novom Pazaru"], date=["3. marta"], time_of_day=["oko 22 časa"], place_type=["objektu"],
        victims_0__sex=["muškarac"], victims_0__age=["34 godine"], victims_0__outcome=["povređen"],
    )  # fmt: skip
    later = seed.PUBLISHED + dt.timedelta(hours=3)
    seed.report(
        session, made, title, text, facts=facts, source_id="policija.example", kind="official", published=later,
        evidence=evidence, confidence={"date": 0.97},
    )  # fmt: skip
    title = "Krvavo veče u Pazaru"
    text = "Jedna osoba ranjena je u kafani. Istraga je u toku."
    seed.report(
        session, made, title, text, facts=facts, source_id="vesti.example", published=None, lang="bs",
        evidence=spans(title, text, place_type=["kafani"]),
    )  # fmt: skip


def _partner_killed(session: Session) -> None:
    facts = _at(PARTNER_KILLED, "Shkodër")
    made = seed.candidate(session, "cpartner", facts=facts, priority=13.0)
    title = "Shkodër, vrau me armë gjahu ish-bashkëshorten"
    text = (
        "Një grua 38-vjeçare u vra mbrëmë në banesën e saj në Shkodër. Policia arrestoi ish-bashkëshortin, 45 vjeç, "
        "i cili qëlloi me armë gjahu të mbajtur me leje.\n\nNëna e viktimës, 63 vjeçe, u plagos dhe ndodhet në spital."
    )
    evidence = spans(
        title, text, place=["në Shkodër"], date=["mbrëmë"], time_of_day=["mbrëmë"], weapons=["armë gjahu"],
        possession=["me leje"], place_type=["banesën"], incident_type=["ish-bashkëshortin"],
        victims_0__sex=["grua"], victims_0__age=["38-vjeçare"], victims_0__outcome=["u vra"],
        victims_0__relation=["ish-bashkëshortin"], victims_1__sex=["Nëna"], victims_1__age=["63 vjeçe"],
        victims_1__outcome=["u plagos"], perpetrators_0__age=["45 vjeç"], perpetrators_0__status=["arrestoi"],
    )  # fmt: skip
    confidence = {"incident_type": 0.94, "date": 0.88, "place": 0.97, "weapons": 0.9, "victims[0].sex": 0.99,
                  "victims[1].relation": 0.5}  # fmt: skip
    seed.report(session, made, title, text, facts=facts, source_id="kronika.example", lang="sq", evidence=evidence,
                confidence=confidence)  # fmt: skip


def _weapons_found(session: Session) -> None:
    facts = _at(WEAPONS_FOUND, "Куманово")
    made = seed.candidate(session, "cseizure", facts=facts, priority=2.0)
    title = "Куманово: пронајдени автоматски пушки и муниција"
    text = (
        "При претрес на куќа во Куманово полицијата пронајде три автоматски пушки, пиштол и 1.250 парчиња муниција. "
        "Приведен е 41-годишен маж."
    )
    evidence = spans(
        title, text, place=["во Куманово"], weapons=["автоматски пушки", "пиштол", "муниција"], place_type=["куќа"],
        seizure__firearms=["три автоматски пушки, пиштол"], seizure__rounds=["1.250 парчиња"],
        perpetrators_0__age=["41-годишен"], perpetrators_0__sex=["маж"], perpetrators_0__status=["Приведен"],
    )  # fmt: skip
    seed.report(session, made, title, text, facts=facts, source_id="glas.example", lang="mk", script="Cyrl",
                evidence=evidence, confidence={"seizure.rounds": 0.93, "place": 0.9, "date": 0.4})  # fmt: skip


def _suicide(session: Session) -> None:
    facts = _at(SUICIDE, "Bălți")
    made = seed.candidate(session, "csuicide", facts=facts, priority=11.0)
    title = "Un bărbat din Bălți, găsit fără viață"
    text = "Un bărbat de 57 de ani a fost găsit fără viață în locuința sa din Bălți. Arma de vânătoare era legală."
    evidence = spans(
        title, text, place=["din Bălți"], weapons=["Arma de vânătoare"], possession=["legală"],
        place_type=["locuința"], victims_0__sex=["bărbat"], victims_0__age=["57 de ani"],
        victims_0__outcome=["găsit fără viață"],
    )  # fmt: skip
    seed.report(session, made, title, text, facts=facts, source_id="stirea.example", lang="ro", evidence=evidence,
                confidence={"incident_type": 0.62})  # fmt: skip


def _explosion(session: Session) -> None:
    facts = _at(EXPLOSION, "Prizren")
    made = seed.candidate(session, "cexplosion", facts=facts, priority=1.5)
    title = "Shpërthim pranë një veture në Prizren"
    text = "Një mjet shpërthyes u aktivizua natën pranë një veture në Prizren. Nuk ka të lënduar."
    evidence = spans(title, text, place=["në Prizren"], weapons=["mjet shpërthyes"], time_of_day=["natën"])
    seed.report(session, made, title, text, facts=facts, source_id="zeri.example", lang="sq", evidence=evidence)


def _update(session: Session, by: str) -> None:
    robbery = Facts(
        incident_type="criminal_context", subtype="armed_robbery", date=dt.date(2025, 2, 27), date_precision="day",
        jurisdiction="ME", place_type="business", weapons=("handgun",),
        victims=(Victim(outcome="threatened", relation="stranger"),), perpetrators=(Perpetrator(status="fled"),),
    )  # fmt: skip
    facts = _at(robbery, "Podgorica")
    first = seed.candidate(session, "crobbery", facts=facts)
    title = "Razbojništvo u Podgorici"
    text = "Naoružana osoba opljačkala je mjenjačnicu u Podgorici i pobjegla."
    seed.report(session, first, title, text, facts=facts, source_id="portal.example", lang="cnr")
    incident = approve(session, first.id, version=1, by=by, facts=facts)
    newer = facts.model_copy(update={"perpetrators": (Perpetrator(sex="male", age=23, status="arrested"),)})
    made = seed.candidate(session, "cupdate", facts=newer, priority=3.0)
    made.kind, made.incident_id = "update", incident.id
    title = "Uhapšen osumnjičeni za razbojništvo"
    text = "Policija je uhapsila dvadesettrogodišnjaka osumnjičenog za razbojništvo u mjenjačnici u Podgorici."
    evidence = spans(title, text, perpetrators_0__age=["dvadesettrogodišnjaka"], perpetrators_0__status=["uhapsila"])
    seed.report(session, made, title, text, facts=newer, source_id="portal.example", lang="cnr", evidence=evidence)
    session.flush()


def spans(title: str, text: str, **evidence: list[str]) -> list[dict[str, Any]]:
    """Evidence as `seed.spans` makes it, several places for one field; `__` alone stands for a dot."""
    found = []
    for name, places in evidence.items():
        dotted = name if "_0__" in name else name.replace("_1__", "[1].").replace("__", ".")
        for words in places:
            found += seed.spans(title, text, **{dotted: words})
    return found


def open_ids(session: Session) -> list[str]:
    """The ids of the open items, the most urgent first."""
    rows = session.query(Candidate).filter_by(state="open").order_by(Candidate.turn, Candidate.id)
    return [row.id for row in rows]

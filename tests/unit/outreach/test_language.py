import pytest

from lib.outreach.language import LANGUAGES, find_language, known_language

TEXTS = {
    "English": "It was good to meet you at the fair. Would you have twenty minutes for a call with me next week?",
    "German": "Es war schön, Sie auf der Messe zu treffen. Hätten Sie in der nächsten Woche zwanzig Minuten für ein Gespräch mit mir?",
    "French": "J'étais ravi de vous rencontrer sur le salon. Auriez-vous vingt minutes pour un appel avec nous la semaine prochaine ?",
    "Spanish": "Fue un placer conocerle en la feria. ¿Tendría veinte minutos para una llamada con nosotros la semana que viene?",
    "Italian": "È stato un piacere incontrarla alla fiera. Avrebbe venti minuti per una telefonata con me nella prossima settimana?",
    "Portuguese": "Foi um prazer conhecê-lo na feira. Você teria vinte minutos para uma conversa com a nossa equipe na próxima semana?",
    "Dutch": "Het was fijn om u op de beurs te ontmoeten. Heeft u volgende week twintig minuten voor een gesprek met ons?",
    "Polish": "Miło było spotkać się na targach. Czy w przyszłym tygodniu jest możliwe, że znajdzie pan dwadzieścia minut na rozmowę?",
    "Swedish": "Det var trevligt att träffa dig på mässan. Har du tjugo minuter för ett samtal med oss och en kaffe till veckan?",
    "Danish": "Det var hyggeligt at møde dig på messen. Har I tyve minutter til en samtale med os og en kop kaffe i næste uge?",
    "Turkish": "Fuarda sizinle tanışmak çok güzeldi. Gelecek hafta bizim için yirmi dakika ve bir kahve için zamanınız var mı?",
    "Cyrillic": "Было приятно познакомиться на выставке.",
    "Han": "很高兴在展会上见到您。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_short_email_tells_its_language(language: str) -> None:
    assert find_language(TEXTS[language]) == language


def test_every_language_with_words_is_tried() -> None:
    assert set(LANGUAGES) <= set(TEXTS)


@pytest.mark.parametrize("text", ["", "Hi Ada,", "Example Optics GmbH & Co. KG", "12345 !?"])
def test_a_few_words_tell_nothing(text: str) -> None:
    assert find_language(text) is None


@pytest.mark.parametrize(
    ("named", "known"),
    [
        ("en", "English"),
        ("de-CH", "German"),
        ("french", "French"),
        ("Deutsch", "German"),
        ("Japanese", "Han"),
        ("Welsh", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_code_and_by_name(named: str, known: str | None) -> None:
    assert known_language(named) == known

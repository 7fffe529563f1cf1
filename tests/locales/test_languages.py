from locales.languages import LANGUAGES, direction


def test_six_languages_of_which_one_is_written_from_the_right() -> None:
    assert sorted(LANGUAGES) == ["ar", "en", "es", "fr", "ru", "zh"]
    assert [tag for tag in LANGUAGES if direction(tag) == "rtl"] == ["ar"]
    assert direction("ar-EG") == "rtl"
    assert direction("en-GB") == "ltr"

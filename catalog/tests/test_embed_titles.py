"""Computing vectors of sentences: in batches, only what is stale, and sound whenever it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from catalog.models import ContentVector, Credit, Person, SentenceVector, Title
from catalog.tests.endpoint import Answer, serving, vectors_for
from catalog.tests.factories import GenreFactory, TitleFactory
from catalog.tests.understanding import WordProvider
from catalog.vectors import embed_catalogue, embedding, index, of_current_model, stamp, storing
from catalog.vectors.providers import EmbeddingError
from catalog.vectors.providers.tfidf import TfidfProvider
from catalog.vectors.sentences import sentences_of
from common import db
from common.progress import unwatched

ROOT = Path(__file__).resolve().parents[2]
JAWS = "A shark terrorises a beach town. A police chief, a marine biologist and a fisherman hunt it."
ALIEN = "The crew of a spaceship meets a creature. It hunts them one by one."


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> WordProvider:
    fresh: WordProvider = use(monkeypatch, WordProvider())
    return fresh


def use(monkeypatch: pytest.MonkeyPatch, provider: Any) -> Any:
    monkeypatch.setattr("catalog.vectors.providers._provider", lambda *_: provider)
    return provider


def sentences(title: Title) -> list[SentenceVector]:
    return list(SentenceVector.objects.filter(title=title).order_by("position"))


# What of a title is embedded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three? Four… five.", ["One.", "Two!", "Three?", "Four… five."]),
        ('He said "Stop!" She did.', ['He said "Stop!"', "She did."]),
        ("Directed by J. Stuart Blackton. With Dr. No vs. Mr. Bond.", None),
        (
            "In the U.S. it made $1.5 million. It ran 9 minutes.",
            ["In the U.S. it made $1.5 million.", "It ran 9 minutes."],
        ),
        ("七人の侍が村を守る。盗賊が来る！終わり", ["七人の侍が村を守る。", "盗賊が来る！", "終わり"]),
        ("Сталкер ведёт двоих. Зона ждёт.", ["Сталкер ведёт двоих.", "Зона ждёт."]),
        ("Line one\nLine two", ["Line one", "Line two"]),
        ("  \n ?! ... ", []),
        ("", []),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text: str, found: list[str] | None) -> None:
    expected = found if found is not None else ["Directed by J. Stuart Blackton.", "With Dr. No vs. Mr. Bond."]
    assert sentences_of(text) == expected


def test_a_sentence_without_end_is_cut_off() -> None:
    assert [len(sentence) for sentence in sentences_of("word " * 5_000)] == [1_000]


@pytest.mark.django_db
def test_every_sentence_of_the_synopsis_gets_a_vector_and_the_cast_none(provider: WordProvider) -> None:
    jaws = TitleFactory.create(title="Jaws", synopsis_long=JAWS, synopsis_short="A shark terrorises a beach town.")
    jaws.genres.add(GenreFactory.create(name="Thriller"))
    Credit.objects.create(title=jaws, person=Person.objects.create(name="Roy Scheider"), role="actor")
    assert embed_catalogue() == 1
    assert provider.documents == JAWS.replace("town. A", "town.|A").split("|")
    assert [row.position for row in sentences(jaws)] == [0, 1]
    for row in (*sentences(jaws), ContentVector.objects.get(title=jaws)):
        assert (row.model, row.version, row.dimension) == ("words", "1", 200)
        assert len(row.text_hash) == 32


@pytest.mark.django_db
def test_a_synopsis_of_its_own_words_counts_beside_the_long_one(provider: WordProvider) -> None:
    TitleFactory.create(synopsis_long=JAWS, synopsis_short="You will need a bigger boat.")
    embed_catalogue()
    assert provider.documents[0] == "You will need a bigger boat."
    assert len(provider.documents) == 3


@pytest.mark.django_db
def test_a_title_without_a_synopsis_is_embedded_by_its_name_and_themes(provider: WordProvider) -> None:
    TitleFactory.create(title="Jaws", theme_tags=["man against nature"])
    assert embed_catalogue() == 1
    assert provider.documents == ["Jaws man against nature"]


@pytest.mark.django_db
def test_a_title_stands_in_the_middle_of_its_sentences(provider: WordProvider) -> None:
    jaws = TitleFactory.create(synopsis_long=JAWS)
    embed_catalogue()
    middle = np.mean([row.vector for row in sentences(jaws)], axis=0)
    vector = np.asarray(ContentVector.objects.get(title=jaws).vector)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert vector == pytest.approx(middle / np.linalg.norm(middle), abs=1e-3)


@pytest.mark.django_db
def test_a_deleted_title_has_vectors_too(provider: WordProvider) -> None:
    TitleFactory.create(synopsis_long=JAWS).soft_delete()
    assert embed_catalogue() == 1


# Only what is stale


@pytest.mark.django_db
def test_what_is_up_to_date_is_not_computed_again(provider: WordProvider) -> None:
    TitleFactory.create(synopsis_long=JAWS)
    TitleFactory.create(synopsis_long=ALIEN)
    assert embed_catalogue(stale=True) == 2
    provider.documents.clear()
    assert embed_catalogue(stale=True) == 0
    assert provider.documents == []
    assert embed_catalogue() == 2


@pytest.mark.django_db
def test_a_new_text_makes_a_title_stale_and_leaves_no_old_sentence(provider: WordProvider) -> None:
    jaws = TitleFactory.create(synopsis_long=JAWS)
    TitleFactory.create(synopsis_long=ALIEN)
    embed_catalogue()
    provider.documents.clear()
    Title.objects.filter(id=jaws.id).update(synopsis_long="A fish bites.")
    assert embed_catalogue(stale=True) == 1
    assert provider.documents == ["A fish bites."]
    assert len(sentences(jaws)) == 1


@pytest.mark.django_db
def test_what_the_vectors_are_not_made_of_makes_nothing_stale(provider: WordProvider) -> None:
    jaws = TitleFactory.create(synopsis_long=JAWS)
    embed_catalogue()
    Title.objects.filter(id=jaws.id).update(poster_url="/jaws.jpg", title="Jaws!")
    jaws.genres.add(GenreFactory.create())
    assert embed_catalogue(stale=True) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"model": "others"}, {"version": "2"}, {"dimension": 210}])
def test_another_model_makes_all_titles_stale(
    provider: WordProvider, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    TitleFactory.create(synopsis_long=JAWS)
    embed_catalogue()
    use(monkeypatch, WordProvider(**change))
    assert not ContentVector.objects.filter(of_current_model()).exists()
    assert embed_catalogue(stale=True) == 1
    assert ContentVector.objects.filter(of_current_model()).count() == ContentVector.objects.count() == 1
    assert SentenceVector.objects.filter(**stamp()).count() == SentenceVector.objects.count() == 2


@pytest.mark.django_db
def test_words_of_the_catalogue_are_compared_anew_only_if_one_title_is_stale() -> None:
    title, *_ = [TitleFactory.create(synopsis_long=text) for text in (JAWS, ALIEN, JAWS[:40])]
    TitleFactory.create(title="?")
    assert embed_catalogue(stale=True) == 3
    assert embed_catalogue(stale=True) == 0
    title.genres.add(GenreFactory.create(name="Thriller"))
    assert embed_catalogue(stale=True) == 3


# In batches


@pytest.mark.django_db
def test_progress_counts_every_title_once(provider: WordProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "READ_AT_ONCE", 3)
    monkeypatch.setattr(embedding, "SENTENCES_AT_ONCE", 4)
    for _ in range(10):
        TitleFactory.create(synopsis_long=JAWS)
    done: list[int] = []
    assert embed_catalogue(progress=done.append) == sum(done) == 10
    done.clear()
    assert embed_catalogue(stale=True, progress=done.append) == 0
    assert sum(done) == 10


@pytest.mark.django_db
def test_a_failure_keeps_what_was_computed_and_the_next_run_goes_on(
    provider: WordProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "SENTENCES_AT_ONCE", 2)
    for number in range(6):
        TitleFactory.create(synopsis_long=f"Sentence {number}. Another {number}.")
    by_id = list(Title.objects.order_by("id").values_list("synopsis_long", flat=True))
    provider.fails_at = str(by_id[4]).split(".")[0]
    with pytest.raises(CommandError, match="told to fail"):
        call_command("embed_titles", "--stale")
    assert ContentVector.objects.count() == 4
    provider.fails_at = None
    provider.documents.clear()
    assert embed_catalogue(stale=True) == 2
    assert len(provider.documents) == 4


@pytest.mark.django_db
def test_a_title_removed_while_it_is_computed_is_left_out(
    provider: WordProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = TitleFactory.create(synopsis_long=JAWS), TitleFactory.create(synopsis_long=ALIEN)
    compute = provider.embed_documents

    def slowly(texts: Any) -> Any:
        Title.with_deleted.filter(id=gone.id).delete()
        return compute(texts)

    monkeypatch.setattr(provider, "embed_documents", slowly)
    assert embed_catalogue() == 1
    assert [row.title_id for row in ContentVector.objects.all()] == [kept.id]
    assert len(sentences(kept)) == SentenceVector.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_title_removed_at_the_last_moment_is_left_out(
    provider: WordProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = TitleFactory.create(synopsis_long=JAWS), TitleFactory.create(synopsis_long=ALIEN)
    look = storing._still_there

    def remove() -> None:
        try:
            Title.with_deleted.filter(id=gone.id).delete()
        finally:
            connection.close()

    def look_too_early(ids: Any) -> Any:
        found = look(ids)
        elsewhere = threading.Thread(target=remove)
        elsewhere.start()
        elsewhere.join(30)
        return found

    monkeypatch.setattr(storing, "_still_there", look_too_early)
    assert embed_catalogue() == 1
    assert [row.title_id for row in ContentVector.objects.all()] == [kept.id]
    assert len(sentences(kept)) == SentenceVector.objects.count() == 2


@pytest.mark.django_db
def test_a_batch_is_stored_as_a_whole_or_not_at_all(provider: WordProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    jaws = TitleFactory.create(synopsis_long=JAWS)
    embed_catalogue()
    before = [row.id for row in sentences(jaws)]

    def full(_rows: Any) -> None:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(storing, "_upsert", full)
    with pytest.raises(OperationalError):
        embed_catalogue()
    assert [row.id for row in sentences(jaws)] == before


@pytest.mark.django_db
def test_zeros_are_no_vector(provider: WordProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    TitleFactory.create(synopsis_long=JAWS)
    compute = provider.embed_documents
    monkeypatch.setattr(provider, "embed_documents", lambda texts: compute(texts) * [[1], [0]])
    with pytest.raises(EmbeddingError, match=r"only zeros for 1 of 2 texts, first for “A police chief.*stored"):
        embed_catalogue()
    assert not ContentVector.objects.exists()


# The command


@pytest.mark.django_db
@pytest.mark.parametrize("options", [[], ["--stale"]])
def test_the_command_tells_how_many_vectors_it_computed(options: list[str]) -> None:
    for text in (JAWS, ALIEN, JAWS[:40]):
        TitleFactory.create(synopsis_long=text)
    out = StringIO()
    call_command("embed_titles", *options, stdout=out)
    assert out.getvalue() == "3 content vectors computed.\n"
    assert ContentVector.objects.count() == 3


@pytest.mark.django_db
def test_the_command_tells_whose_vectors_it_replaces(provider: WordProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    TitleFactory.create(synopsis_long=JAWS)
    embed_catalogue()
    use(monkeypatch, WordProvider(dimension=210))
    out = StringIO()
    call_command("embed_titles", "--stale", stdout=out)
    replaced = "Vectors of words (200 numbers, version 1) are replaced by those of words (210 numbers, version 1)."
    assert out.getvalue().splitlines() == [replaced, "1 content vectors computed."]


@pytest.mark.django_db
def test_the_command_is_stopped_by_a_key(provider: WordProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_texts: Any) -> Any:
        raise KeyboardInterrupt

    TitleFactory.create(synopsis_long=JAWS)
    monkeypatch.setattr(provider, "embed_documents", interrupted)
    with pytest.raises(CommandError, match=r"Stopped.*--stale"):
        call_command("embed_titles")


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_killed_leaves_a_sound_state_and_the_next_goes_on(how: signal.Signals) -> None:
    for number in range(40):
        TitleFactory.create(synopsis_long=f"Sentence {number} of ours. {JAWS}")
    with serving() as endpoint:
        is_hanging, released = threading.Event(), threading.Event()

        def hang(texts: list[str]) -> Answer:
            is_hanging.set()
            released.wait(30)
            return vectors_for(texts)

        endpoint.answers = [vectors_for, vectors_for, hang]
        run = start_embedding(endpoint.url)
        assert is_hanging.wait(30), run.stderr.read() if run.stderr else ""
        run.send_signal(how)
        _, errors = run.communicate(timeout=30)
        released.set()
        assert run.returncode != 0
        assert "Traceback" not in errors
        before = ContentVector.objects.count()
        assert 0 < before < 40
        assert_sound()
        sent = len(endpoint.texts)
        again = start_embedding(endpoint.url)
        out, errors = again.communicate(timeout=60)
        assert (again.returncode, out, errors) == (0, f"{40 - before} content vectors computed.\n", "")
        assert len(endpoint.texts) - sent == 3 * (40 - before)
        assert ContentVector.objects.count() == 40
        assert_sound()


def start_embedding(url: str) -> subprocess.Popen[str]:
    """As an operator would, on the database of this test; 24 sentences at once."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    variables = {
        **os.environ,
        "DATABASE_URL": address.geturl(),
        "EMBEDDING_PROVIDER": "openai",
        "EMBEDDING_URL": url,
        "EMBEDDING_MODEL": "tiny",
        "EMBEDDING_DIMENSION": "3",
    }
    words = (
        "import sys; sys.path[:0] = ['.', 'platform']; import django; django.setup();"
        "from catalog.vectors import embedding; embedding.SENTENCES_AT_ONCE = 24;"
        "from django.core.management import execute_from_command_line as run;"
        "run(['manage.py', 'embed_titles', '--stale'])"
    )
    return subprocess.Popen(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", words],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_sound() -> None:
    """A title has all its vectors of one computation, or none."""
    for vector in ContentVector.objects.all():
        own = SentenceVector.objects.filter(title_id=vector.title_id)
        assert own.count() == 3
        assert set(own.values_list("model", "text_hash")) == {(vector.model, vector.text_hash)}
    assert SentenceVector.objects.count() == 3 * ContentVector.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_take_turns(provider: WordProvider) -> None:
    for number in range(4):
        TitleFactory.create(synopsis_long=f"Sentence {number}.")
    found: list[int] = []

    def run() -> None:
        try:
            found.append(embed_catalogue(stale=True))
        finally:
            connection.close()

    with db.only_one("embed titles"):
        runs = [threading.Thread(target=run) for _ in range(2)]
        for each in runs:
            each.start()
        time.sleep(0.3)
        assert found == []
    for each in runs:
        each.join(30)
    assert sorted(found) == [0, 4]


# The index


@pytest.mark.django_db(transaction=True)
def test_many_sentences_get_an_index_of_their_length_and_another_model_another(
    provider: WordProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "INDEX_FROM", 4)
    TitleFactory.create(synopsis_long=JAWS)
    embed_catalogue()
    assert indexes() == set()
    TitleFactory.create(synopsis_long=ALIEN)
    embed_catalogue()
    (first,) = indexes()
    embed_catalogue()
    assert indexes() == {first}
    use(monkeypatch, WordProvider(dimension=210))
    embed_catalogue(stale=True, progress=unwatched)
    (second,) = indexes()
    assert second != first
    use(monkeypatch, TfidfProvider())
    embed_catalogue()
    assert indexes() == set()


@pytest.mark.django_db(transaction=True)
def test_the_old_index_goes_when_the_new_one_is_there_for_good(
    provider: WordProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drop in the transaction of the making would keep all searches waiting until the new index is made."""
    monkeypatch.setattr(index, "INDEX_FROM", 1)
    TitleFactory.create(synopsis_long=JAWS)
    embed_catalogue()
    use(monkeypatch, WordProvider(dimension=210))
    with CaptureQueriesContext(connection) as statements:
        embed_catalogue(stale=True)
    words = [statement["sql"].split(" ")[0] for statement in statements]
    assert words.index("CREATE") < words.index("COMMIT", words.index("CREATE")) < words.index("DROP")
    assert len(indexes()) == 1
    use(monkeypatch, TfidfProvider())
    embed_catalogue()
    assert indexes() == set()


def indexes() -> set[str]:
    return {name for name in db.index_names("catalog_sentencevector") if name.startswith("sentence_hnsw_")}

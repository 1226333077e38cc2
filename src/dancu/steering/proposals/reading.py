"""From a pasted notice to proposed tasks: headings hand their body and their deadline down, sentences become tasks. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from dancu.kernel.errors import Invalid
from dancu.steering.proposals.dates import deadlines_in, main_deadline
from dancu.steering.proposals.domain import Confidence, NamedBasis, NamedBody, NamedDeadline, ProposedTask, Span
from dancu.steering.proposals.pasted import PLAIN_LEVEL, Block, Mapped, blocks_of
from dancu.steering.proposals.rules import Rules
from dancu.steering.proposals.sentences import (
    Addressed,
    Sentence,
    addressed,
    named_from,
    only_adds_deadline,
    opens_with_order,
    sentences_of,
    without_lead,
    working_with,
)

TEXT_LENGTH_MAX = 200_000
_HEADING_LENGTH = 120
_TITLE_LENGTH = 60  # letters: a shorter sentence without a verb of order is a title
_DASHES = ("-", "–", "•", "*", "+", "○")
_OF = re.compile(r"(?<!\w)của\s+", re.I)
_FOOT = re.compile(r"\s*nơi nhận\s*:?", re.I)
NO_OWNER = "Chưa thấy cơ quan chủ trì trong câu; Bạn chọn giúp."
GUESSED_OWNER = "Cơ quan chủ trì do suy đoán; Bạn kiểm tra lại."
INHERITED_OWNER = "Cơ quan chủ trì lấy từ mục phía trên."
INHERITED_DEADLINE = "Thời hạn lấy từ mục phía trên."
NO_DEADLINE = "Câu không nêu thời hạn."
OTHER_DEADLINE = "Câu còn nêu thời hạn khác: “{words}”."
DELIVERS = "Phải có báo cáo kết quả."


@dataclass(frozen=True, slots=True)
class _Above:
    """What an item hands down to those below it."""

    level: int
    label: str
    owners: tuple[NamedBody, ...] = ()
    deadline: NamedDeadline | None = None
    basis: tuple[NamedBasis, ...] = ()


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a sentence stands: under which label, after which bodies of its own item."""

    label: str
    carried: tuple[NamedBody, ...]
    opens: bool  # it is the first of a numbered item


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read out of a sentence before it is a task."""

    said: Mapped
    owners: tuple[NamedBody, ...]
    confidence: Confidence
    due: list[NamedDeadline]
    label: str
    notes: tuple[str, ...] = ()
    is_named: bool = False  # the sentence itself names its body


@dataclass(slots=True)
class _Reader:
    rules: Rules
    day: date | None
    stack: list[_Above] = field(default_factory=list)
    tasks: list[ProposedTask] = field(default_factory=list)
    counted: dict[int, int] = field(default_factory=dict)


def propose_tasks(text: str, rules: Rules, *, day: date | None = None) -> tuple[ProposedTask, ...]:
    """The tasks that a pasted notice gives, by rules (*nhiệm vụ đề xuất từ văn bản*); a person confirms them.

    `day` of the notice completes deadlines without a year. Raises `Invalid` for a text longer than `TEXT_LENGTH_MAX` letters.
    """
    if len(text) > TEXT_LENGTH_MAX:
        raise Invalid(
            "steering.notice_too_long",
            "Văn bản quá dài. Bạn dán từng phần kết luận rồi đọc lần lượt.",
            "The text is too long. Paste the conclusions part by part.",
            field="text",
        )
    reader = _Reader(rules, day)
    blocks = blocks_of(text)
    for at, block in enumerate(blocks):
        if _FOOT.match(block.body.text):
            break  # below it stand recipients and the signature
        _read_block(reader, block, blocks[at + 1] if at + 1 < len(blocks) else None)
    return tuple(reader.tasks)


def _read_block(reader: _Reader, block: Block, following: Block | None) -> None:
    _step_into(reader, block)
    if not block.body.text or reader.rules.closing.search(block.body.text[:_HEADING_LENGTH]):
        return
    if block.body.text.isupper():  # the head of a notice or the title of a part
        reader.stack += [_Above(block.level, block.mark)] if block.mark else []
        return
    sentences = sentences_of(block.body, reader.rules)
    above = _Above(block.level, _label(reader, block), basis=_basis_in(block.body, reader.rules))
    has_items = following is not None and _is_below(following, block)
    if following is not None and has_items and not block.mark:
        above = replace(above, level=min(block.level, following.level - 1))  # "… các nội dung sau:" before item 1
    if has_items and _is_heading(block, sentences, reader):
        reader.stack.append(_heading(reader, block, above))
        return
    _read_sentences(reader, block, sentences, above.label)
    if has_items:
        reader.stack.append(_heading(reader, replace(block, body=sentences[-1].said), above))
    elif block.mark:
        # A paragraph without a number that follows goes on for the same bodies, not with the same deadline.
        found = addressed(sentences[0].said, reader.rules) if sentences else None
        owners = found.bodies if found is not None and found.is_told else _owners_above(reader)
        reader.stack.append(replace(above, owners=owners if block.level < 6 else ()))


def _step_into(reader: _Reader, block: Block) -> None:
    if block.level == PLAIN_LEVEL:
        return
    reader.stack = [each for each in reader.stack if each.level < block.level]
    reader.counted = {level: count for level, count in reader.counted.items() if level <= block.level}
    reader.counted[block.level] = reader.counted.get(block.level, 0) + 1


def _label(reader: _Reader, block: Block) -> str:
    if block.mark in _DASHES:
        return f"{'dấu cộng' if block.mark in '+○' else 'gạch đầu dòng'} {reader.counted[block.level]}"
    return block.mark


def _is_below(following: Block, block: Block) -> bool:
    if following.level == PLAIN_LEVEL:
        return block.body.text.endswith(":")
    return following.level > block.level or (not block.mark and bool(following.mark) and block.body.text.endswith(":"))


def _is_heading(block: Block, sentences: list[Sentence], reader: _Reader) -> bool:
    if block.body.text.endswith(".") or len(sentences) > 1:
        return False
    return len(block.body.text) <= _HEADING_LENGTH or not deadlines_in(block.body, reader.rules, reader.day)


def _heading(reader: _Reader, block: Block, above: _Above) -> _Above:
    found = addressed(block.body, reader.rules)
    # The opening paragraph of a letter has a sender; only whom it asks owns what is listed below.
    holds = found is not None and found.is_told and (bool(block.mark) or found.is_asked or found.is_alone)
    owners = found.bodies if found is not None and holds else ()
    return replace(above, owners=owners, deadline=main_deadline(deadlines_in(block.body, reader.rules, reader.day)))


def _read_sentences(reader: _Reader, block: Block, sentences: list[Sentence], label: str) -> None:
    first = len(reader.tasks)
    carried: tuple[NamedBody, ...] = ()
    for at, sentence in enumerate(sentences):
        if only_adds_deadline(sentence.said, reader.rules) and _add_deadline(reader, sentence, first, block):
            continue
        found = addressed(sentence.said, reader.rules)
        if found is not None and (not found.is_told or found.is_alone):
            continue
        task = _task(reader, sentence.said, found, _Standing(label, carried, opens=at == 0 and bool(block.mark)))
        if task is not None:
            reader.tasks.append(task)
            carried = found.bodies if found is not None else carried


def _task(reader: _Reader, said: Mapped, found: Addressed | None, at: _Standing) -> ProposedTask | None:
    due = deadlines_in(said, reader.rules, reader.day)
    if found is not None:
        return _put_together(reader, _Read(said, found.bodies, found.confidence, due, at.label, is_named=True))
    orders = opens_with_order(said.text, reader.rules) or _must(said.text, reader.rules)
    if reader.rules.tells.match(without_lead(said.text, reader.rules)) or (said.text.endswith(":") and not due):
        return None
    if inherited := at.carried or _owners_above(reader):
        is_item = at.opens and len(said.text) > _TITLE_LENGTH
        read = _Read(said, inherited, Confidence.MEDIUM, due, at.label, notes=(INHERITED_OWNER,))
        return _put_together(reader, read) if orders or due or is_item else None
    if not (reader.stack or at.label) or not (due or orders):
        return None
    owners = _guessed(said, reader.rules)
    notes = (GUESSED_OWNER if owners else NO_OWNER,)
    return _put_together(reader, _Read(said, owners, Confidence.LOW, due, at.label, notes=notes))


def _put_together(reader: _Reader, read: _Read) -> ProposedTask:
    said, main = read.said, main_deadline(read.due)
    notes = [*read.notes, *(OTHER_DEADLINE.format(words=each.words) for each in read.due if main and each.text != main.text)]
    if main is None:
        main = _deadline_above(reader, is_named=read.is_named)
        notes.append(INHERITED_DEADLINE if main else NO_DEADLINE)
    if main is not None and reader.rules.deliver.search(said.text):
        notes.append(DELIVERS)
    taken = {body.code for body in read.owners}
    basis = [each for above in reader.stack for each in above.basis] + list(_basis_in(said, reader.rules))
    return ProposedTask(
        text=said.text.rstrip(" .;:"),
        span=said.source(0, len(said.text)),
        owners=read.owners,
        co_owners=tuple(body for body in working_with(said, reader.rules) if body.code not in taken),
        deadline=main.text if main else "",
        deadline_words=main.words if main else "",
        deadline_span=main.span if main else None,
        legal_basis=tuple({each.words: each for each in basis}.values()),
        place=_place(reader, read.label),
        confidence=read.confidence,
        notes=tuple(notes),
    )


def _add_deadline(reader: _Reader, sentence: Sentence, first: int, block: Block) -> bool:
    """Give such a sentence's deadline to the task before it, after a semicolon to all of its row. False: it is a task."""
    due = main_deadline(deadlines_in(sentence.said, reader.rules, reader.day))
    since = first if block.mark else max(0, first - 1)
    if due is None or len(reader.tasks) <= since or not _is_open(reader.tasks[-1]):
        return False
    at = len(reader.tasks) - 1
    while at >= since and _is_open(reader.tasks[at]):
        reader.tasks[at] = _with_deadline(reader.tasks[at], due, sentence, reader.rules)
        at = at - 1 if sentence.joined else -1
    return True


def _is_open(task: ProposedTask) -> bool:
    return not task.deadline or INHERITED_DEADLINE in task.notes


def _with_deadline(task: ProposedTask, due: NamedDeadline, sentence: Sentence, rules: Rules) -> ProposedTask:
    notes = [note for note in task.notes if note not in (NO_DEADLINE, INHERITED_DEADLINE)]
    if rules.deliver.search(sentence.said.text):
        notes.append(DELIVERS)
    end = sentence.said.source(0, len(sentence.said.text)).end
    return replace(
        task,
        text=f"{task.text}. {sentence.said.text.rstrip(' .;:')}" if not sentence.joined else task.text,
        span=task.span if sentence.joined else Span(task.span.start, end),
        deadline=due.text,
        deadline_words=due.words,
        deadline_span=due.span,
        notes=tuple(notes),
    )


def _must(text: str, rules: Rules) -> bool:
    return any(rules.order.match(text, found.end()) for found in re.finditer(r"(?<!\w)(?:phải|cần)\s+", text))


def _guessed(said: Mapped, rules: Rules) -> tuple[NamedBody, ...]:
    """ "Dữ liệu của 13 bộ, ngành": a group whose things are spoken of, never a single body."""
    groups = {group.code for group in rules.groups}
    for found in _OF.finditer(said.text):
        bodies, _end = named_from(said, found.end(), rules)
        if bodies and {body.code for body in bodies} <= groups:
            return bodies
    return ()


def _owners_above(reader: _Reader) -> tuple[NamedBody, ...]:
    return next((above.owners for above in reversed(reader.stack) if above.owners), ())


def _deadline_above(reader: _Reader, *, is_named: bool) -> NamedDeadline | None:
    """A heading's deadline holds for those below it, but not for another body when the heading names its own."""
    for above in reversed(reader.stack):
        if above.deadline is not None:
            return None if is_named and above.owners else above.deadline
    return None


def _place(reader: _Reader, label: str) -> str:
    labels = [above.label for above in reader.stack] + [label]
    kept = [each for each, below in zip(labels, [*labels[1:], ""], strict=True) if each and not below.startswith(f"{each}.")]
    return ", ".join(dict.fromkeys(kept))


def _basis_in(said: Mapped, rules: Rules) -> tuple[NamedBasis, ...]:
    return tuple(NamedBasis(found[0], said.source(*found.span())) for found in rules.basis.finditer(said.text))

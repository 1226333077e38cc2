"""Background jobs of the exchange."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from dancu.exchange import feeding, list_running
from dancu.exchange.monitoring import tell_centre
from dancu.exchange.sandbox import forget_trial_calls
from dancu.exchange.syslog import Centre
from dancu.exchange.telling import tell_of_alarms
from dancu.exchange.usage_rollup import forget_days, merge_usage
from dancu.exchange.usecases import forget_what_has_served
from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting


@app.periodic(cron="10 * * * *")
@app.task(queue="exchange", queueing_lock="forget_what_has_served")
def forget_old_answers(timestamp: int) -> None:
    """Every hour: answers kept for repeats, which may hold facts about people, and old counts of unknown callers."""
    with acting(SYSTEM):
        forget_what_has_served(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(queue="exchange", queueing_lock="tell_of_alarms")
def tell_operator(timestamp: int) -> None:
    """Every minute: who was suspended or came near it, and has not been told of."""
    with acting(SYSTEM):
        tell_of_alarms(now=clock.now())


@app.periodic(cron="* * * * * */5")
@app.task(queue="exchange", queueing_lock="write_changes")
def write_changes_for_subscribers(timestamp: int) -> None:
    """Every five seconds: what changed about subscribed persons."""
    with acting(SYSTEM):
        feeding.write_changes(now=clock.now)


@app.periodic(cron="20 * * * *")
@app.task(queue="exchange", queueing_lock="tidy_subscriptions")
def tidy_subscriptions(timestamp: int) -> None:
    """Every hour: subscriptions whose grant is gone, changes older than they are kept."""
    with acting(SYSTEM):
        feeding.end_without_grant(now=clock.now())
        feeding.forget_old_changes(now=clock.now())


@app.periodic(cron="* * * * * */10")
@app.task(queue="exchange", queueing_lock="run_lists")
def work_on_lists(timestamp: int) -> None:
    """Every ten seconds: lists by criteria that systems asked for."""
    with acting(SYSTEM):
        list_running.run_lists(now=clock.now, steps=200)


@app.periodic(cron="40 * * * *")
@app.task(queue="exchange", queueing_lock="forget_lists")
def forget_old_lists(timestamp: int) -> None:
    """Every hour: results of lists that are older than they are kept."""
    with acting(SYSTEM):
        list_running.forget_old_lists(now=clock.now())


@app.periodic(cron="50 3 * * *")
@app.task(queue="exchange", queueing_lock="forget_trial_calls")
def forget_old_trial_calls(timestamp: int) -> None:
    """Every night: calls of systems in trial that are older than they are kept."""
    with acting(SYSTEM):
        forget_trial_calls(now=clock.now())


@app.periodic(cron="25 * * * *")
@app.task(queue="exchange", queueing_lock="merge_usage")
def merge_usage_of_finished_days(timestamp: int) -> None:
    """Every hour: one row of what the processes counted on days that are over."""
    with acting(SYSTEM):
        merge_usage(now=clock.now())
        forget_days(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(queue="exchange", queueing_lock="tell_centre")
def tell_monitoring_centre(timestamp: int) -> None:
    """Every minute: security events the monitoring centre was not told of, where there is one."""
    config = settings.CONFIG
    with acting(SYSTEM):
        if config.syslog_url:
            tell_centre(Centre(config.syslog_url, config.syslog_ca), now=clock.now())

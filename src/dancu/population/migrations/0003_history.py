"""Changes of persons: append-only, in valid time and record time, read forward by `(tx, id)`; flags on the person."""

from django.db import migrations, models

CHANGES = """
create table population_change (
    personal_no  bigint      not null,
    seq          integer     not null check (seq >= 0),
    id           bigint      not null generated always as identity,
    tx           xid8        not null default pg_current_xact_id(),
    kind         text        not null,
    valid_from   date        not null,
    recorded_at  timestamptz not null,
    items        jsonb       not null default '{}',
    effect       jsonb       not null default '{}',
    about        text[]      not null default '{}',
    revokes      integer,
    related_no   bigint,
    evidence     jsonb       not null default '{}',
    author       text        not null default '',
    author_unit  text        not null default '',
    author_holder text       not null default '',
    approver     text        not null default '',
    approver_unit text       not null default '',
    approver_holder text     not null default '',
    request_id   uuid,
    load_batch   bigint      not null default 0,
    primary key (personal_no, seq),
    -- Four eyes, held by the database: two people of two units, or a bulk load, which names its batch.
    constraint change_four_eyes check (
        (load_batch > 0 or seq = 0) or
        (author <> '' and approver <> '' and author <> approver and author_unit <> approver_unit
         and author_holder <> approver_holder and request_id is not null)),
    constraint change_revokes_earlier check ((kind = 'revocation') = (revokes is not null) and (revokes is null or revokes < seq)),
    constraint change_first_is_first check ((kind = 'first') = (seq = 0)),
    constraint change_is_about_the_past check (valid_from <= (recorded_at at time zone 'Asia/Ho_Chi_Minh')::date)
);
create index population_change_cursor on population_change (tx, id);

-- A reader who goes forward by (tx, id) must meet the changes of one person in their order. A transaction that got its
-- number before another one changed the same person starts again.
create function population_change_in_order() returns trigger language plpgsql as $$
begin
    if exists (select 1 from population_change c where c.personal_no = new.personal_no and c.tx > new.tx) then
        raise exception 'an older transaction would overtake a change of the same person'
            using errcode = 'serialization_failure', constraint = 'change_in_order';
    end if;
    return new;
end $$;
create trigger change_in_order before insert on population_change
    for each row execute function population_change_in_order();

create table population_cursor (
    consumer   text        primary key,
    tx         xid8        not null,
    id         bigint      not null,
    moved_at   timestamptz not null default now()
);
"""
VIEW = """
drop view population.person_facts;
create view population.person_facts as
select personal_no, number_state, successor_no, full_name, birth_year, birth_month, birth_day, life_status,
       sex, old_id_no, nationality, marital_status, flags,
       other_name,
       birth_place_version, birth_place_code, birth_place_detail,
       birth_registration_version, birth_registration_code, birth_registration_detail,
       home_town_version, home_town_code, home_town_detail,
       ethnicity, religion, blood_type, id_cards, relatives,
       permanent_version, permanent_code, permanent_detail,
       temporary_version, temporary_code, temporary_detail,
       current_version, current_code, current_detail,
       temporary_absence, residence_file_no, household_relation, household_head, household_book_no,
       life_status_on, phone, email, attached
from population_person;
"""


class Migration(migrations.Migration):
    dependencies = [("population", "0002_person_facts")]
    operations = [
        migrations.AddField("person", "flags", models.SmallIntegerField(default=0, db_default=0)),
        migrations.AddField("person", "last_seq", models.IntegerField(default=0, db_default=0)),
        migrations.RunSQL(
            CHANGES,
            reverse_sql="drop table population_cursor; drop table population_change; drop function population_change_in_order();",
        ),
        migrations.CreateModel(name="Change", fields=[], options={"managed": False, "db_table": "population_change"}),
        migrations.RunSQL(VIEW, reverse_sql=migrations.RunSQL.noop),
    ]

"""Relations, households and residence with time. What is known to be wrong is withdrawn, never deleted.

Intervals are half open: `valid_from` counts, `valid_to` does not. A row counts while `withdrawn_at` is empty. Exclusion
constraints need no extension: a number becomes a range of one.
"""

from django.db import migrations

TABLES = """
create table population_household (
    household_no  bigint      primary key check (household_no > 0),
    version       text        not null default '',
    code          text        not null default '',
    detail        text        not null default '',
    address_key   bigint      not null default 0,
    residence_file_no text    not null default '',
    formed_on     date        not null,
    dissolved_on  date        check (dissolved_on >= formed_on),
    recorded_at   timestamptz not null default now(),
    load_batch    bigint      not null default 0
);
create index population_household_address on population_household (address_key) where address_key <> 0;

create table population_membership (
    household_no bigint      not null,
    id           bigint      not null generated always as identity,
    personal_no  bigint      not null,
    relation     text        not null,
    kind         text        not null check (kind in ('permanent', 'temporary')),
    valid_from   date        not null,
    valid_to     date        check (valid_to > valid_from),
    recorded_at  timestamptz not null default now(),
    withdrawn_at timestamptz check (withdrawn_at >= recorded_at),
    request_id   uuid,
    withdrawn_request uuid,
    load_batch   bigint      not null default 0,
    primary key (household_no, id),
    constraint membership_one_household_at_a_time exclude using gist
        (int8range(personal_no, personal_no, '[]') with &&, daterange(valid_from, valid_to) with &&)
        where (withdrawn_at is null and kind = 'permanent'),
    constraint membership_one_temporary_household_at_a_time exclude using gist
        (int8range(personal_no, personal_no, '[]') with &&, daterange(valid_from, valid_to) with &&)
        where (withdrawn_at is null and kind = 'temporary'),
    constraint membership_one_head exclude using gist
        (int8range(household_no, household_no, '[]') with &&, daterange(valid_from, valid_to) with &&)
        where (withdrawn_at is null and relation = '01')
);
create index population_membership_person on population_membership (personal_no);

create table population_relation (
    personal_no  bigint      not null,
    id           bigint      not null generated always as identity,
    kind         text        not null check (kind in ('father', 'mother', 'adoptive_father', 'adoptive_mother', 'spouse', 'representative')),
    other_no     bigint      not null check (other_no <> personal_no),
    valid_from   date        not null,
    valid_to     date        check (valid_to > valid_from),
    recorded_at  timestamptz not null default now(),
    withdrawn_at timestamptz check (withdrawn_at >= recorded_at),
    request_id   uuid,
    withdrawn_request uuid,
    load_batch   bigint      not null default 0,
    primary key (personal_no, id),
    -- Luật Hôn nhân và gia đình 52/2014/QH13, Điều 2: one husband, one wife.
    constraint relation_one_spouse_at_a_time exclude using gist
        (int8range(personal_no, personal_no, '[]') with &&, daterange(valid_from, valid_to) with &&)
        where (withdrawn_at is null and kind = 'spouse')
);
create unique index relation_one_parent_of_a_kind on population_relation (personal_no, kind)
    where withdrawn_at is null and kind in ('father', 'mother');
create index population_relation_other on population_relation (other_no);

create table population_residence (
    personal_no  bigint      not null,
    id           bigint      not null generated always as identity,
    kind         text        not null check (kind in ('permanent', 'temporary', 'current', 'stay', 'absence')),
    version      text        not null default '',
    code         text        not null default '',
    detail       text        not null default '',
    address_key  bigint      not null default 0,
    household_no bigint,
    valid_from   date        not null,
    valid_to     date        check (valid_to > valid_from),
    recorded_at  timestamptz not null default now(),
    withdrawn_at timestamptz check (withdrawn_at >= recorded_at),
    request_id   uuid,
    withdrawn_request uuid,
    load_batch   bigint      not null default 0,
    primary key (personal_no, id),
    -- Luật Cư trú 68/2020/QH14, Điều 27: at most two years at a time; Điều 2 khoản 6: a stay is under thirty days.
    constraint residence_temporary_two_years check (kind <> 'temporary' or (valid_to is not null and valid_to <= valid_from + interval '2 years')),
    constraint residence_stay_under_thirty_days check (kind <> 'stay' or (valid_to is not null and valid_to - valid_from < 30)),
    constraint residence_one_permanent_at_a_time exclude using gist
        (int8range(personal_no, personal_no, '[]') with &&, daterange(valid_from, valid_to) with &&)
        where (withdrawn_at is null and kind = 'permanent'),
    constraint residence_one_temporary_at_a_time exclude using gist
        (int8range(personal_no, personal_no, '[]') with &&, daterange(valid_from, valid_to) with &&)
        where (withdrawn_at is null and kind = 'temporary'),
    constraint residence_one_current_at_a_time exclude using gist
        (int8range(personal_no, personal_no, '[]') with &&, daterange(valid_from, valid_to) with &&)
        where (withdrawn_at is null and kind = 'current')
);
create index population_residence_address on population_residence (address_key) where withdrawn_at is null and address_key <> 0;
"""

# Checks that look at several rows run once a statement, over all rows it brought: a bulk load pays for them once a chunk.
# A plan made while a table was empty stays for the session, and would read the whole table for each row once it is full:
# so the functions are told to look rows up by index, whatever the statistics say. `isfinite(coalesce(withdrawn_at, 'infinity'))`
# is "withdrawn" written so that no partial index offers itself to be read from end to end.
GUARDS = """
create function population_refuse(violated text) returns void language plpgsql as $$
begin
    raise exception 'violates %', violated using errcode = 'integrity_constraint_violation', constraint = violated;
end $$;

create function population_relation_lawful() returns trigger language plpgsql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    if exists (select 1 from brought n
               left join population_person p on p.personal_no = n.personal_no
               left join population_person o on o.personal_no = n.other_no
               where p.personal_no is null or o.personal_no is null) then
        perform population_refuse('relation_no_orphan');
    end if;
    -- Whoever is older cannot descend from whoever is younger: with this, no chain of parents comes back to its start.
    if exists (select 1 from brought n
               join population_person p on p.personal_no = n.personal_no
               join population_person o on o.personal_no = n.other_no
               where n.kind in ('father', 'mother', 'adoptive_father', 'adoptive_mother')
                 and n.withdrawn_at is null and o.birth_year >= p.birth_year) then
        perform population_refuse('relation_parent_is_older');
    end if;
    return null;
end $$;
create trigger relation_lawful after insert on population_relation
    referencing new table as brought for each statement execute function population_relation_lawful();

create function population_birth_year_lawful() returns trigger language plpgsql as $$
begin
    if exists (select 1 from population_relation r join population_person o on o.personal_no = r.other_no
               where r.personal_no = new.personal_no and r.withdrawn_at is null
                 and r.kind in ('father', 'mother', 'adoptive_father', 'adoptive_mother') and o.birth_year >= new.birth_year)
       or exists (select 1 from population_relation r join population_person c on c.personal_no = r.personal_no
               where r.other_no = new.personal_no and r.withdrawn_at is null
                 and r.kind in ('father', 'mother', 'adoptive_father', 'adoptive_mother') and c.birth_year <= new.birth_year) then
        perform population_refuse('relation_parent_is_older');
    end if;
    return null;
end $$;
create trigger birth_year_lawful after update on population_person
    for each row when (old.birth_year is distinct from new.birth_year) execute function population_birth_year_lawful();

create function population_residence_lawful() returns trigger language plpgsql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    if exists (select 1 from brought n where not exists (select 1 from population_person p where p.personal_no = n.personal_no)) then
        perform population_refuse('residence_no_orphan');
    end if;
    if exists (select 1 from brought n join population_residence r on r.personal_no = n.personal_no
                   and not isfinite(coalesce(r.withdrawn_at, 'infinity'))
               where n.withdrawn_at is null and n.code <> ''
                 and ((n.kind = 'temporary' and r.kind = 'permanent') or (n.kind = 'permanent' and r.kind = 'temporary'))
                 and r.version = n.version and r.code = n.code
                 and daterange(r.valid_from, r.valid_to) && daterange(n.valid_from, n.valid_to)) then
        perform population_refuse('residence_temporary_elsewhere');
    end if;
    return null;
end $$;
create trigger residence_lawful after insert on population_residence
    referencing new table as brought for each statement execute function population_residence_lawful();

create function population_headless(household bigint) returns boolean language sql stable as $$
    select coalesce(bool_or(true), false) and not coalesce(bool_or(relation = '01'), false)
    from population_membership
    where household_no = household and kind = 'permanent' and withdrawn_at is null and valid_to is null;
$$;

create function population_membership_lawful() returns trigger language plpgsql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    if exists (select 1 from brought n where not exists (select 1 from population_person p where p.personal_no = n.personal_no)
               or not exists (select 1 from population_household h where h.household_no = n.household_no)) then
        perform population_refuse('membership_no_orphan');
    end if;
    if exists (select 1 from (select distinct household_no from brought
                     where kind = 'permanent' and valid_to is null and withdrawn_at is null) n
               where exists (select 1 from population_membership m where m.household_no = n.household_no
                             and m.kind = 'permanent' and not isfinite(coalesce(m.withdrawn_at, 'infinity')) and m.valid_to is null)
                 and not exists (select 1 from population_membership m where m.household_no = n.household_no
                             and m.kind = 'permanent' and not isfinite(coalesce(m.withdrawn_at, 'infinity')) and m.valid_to is null and m.relation = '01')) then
        perform population_refuse('membership_has_a_head');
    end if;
    return null;
end $$;
create trigger membership_lawful after insert on population_membership
    referencing new table as brought for each statement execute function population_membership_lawful();

-- A head leaves by one statement and the next head comes by another: looked at when the transaction ends.
create function population_household_keeps_a_head() returns trigger language plpgsql as $$
begin
    if population_headless(old.household_no) then
        perform population_refuse('membership_has_a_head');
    end if;
    return null;
end $$;
create constraint trigger household_keeps_a_head after update or delete on population_membership
    deferrable initially deferred for each row when (old.relation = '01') execute function population_household_keeps_a_head();
"""
UNDO = """
drop table population_residence, population_relation, population_membership, population_household cascade;
drop trigger birth_year_lawful on population_person;
drop function population_relation_lawful(), population_birth_year_lawful(), population_residence_lawful(),
    population_membership_lawful(), population_household_keeps_a_head(), population_headless(bigint), population_refuse(text);
"""


class Migration(migrations.Migration):
    dependencies = [("population", "0003_history")]
    operations = [
        migrations.RunSQL(TABLES + GUARDS, reverse_sql=UNDO),
        *(
            migrations.CreateModel(name=name, fields=[], options={"managed": False, "db_table": f"population_{name.lower()}"})
            for name in ("Household", "Membership", "Relation", "Residence")
        ),
    ]

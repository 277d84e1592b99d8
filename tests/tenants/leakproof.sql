-- What only a superuser can say: that these functions tell nothing of their arguments but their result, not even by an
-- error. Then an index may be searched by them before it is known whose a row is. See docs/tenants.md for the price.
do $$
declare
  trusted record;
begin
  for trusted in
    select cast(pg_proc.oid as regprocedure) as name
    from pg_proc
    where proname in (
      'lower', 'textlike', 'arraycontains', 'searchable', 'search_pattern', 'rare_letters', 'name_key',
      'likeness_keys', 'sound_of', 'name_words', 'company_start', 'company_domain', 'person_name', 'review_order')
      and pronamespace in (cast('pg_catalog' as regnamespace), cast('public' as regnamespace))
      and prokind = 'f' and not proleakproof
  loop
    execute format('alter function %s leakproof', trusted.name);
  end loop;
end
$$;

-- Finding among a million contacts: what is searched stands in columns of its own, and lists are read in their order
-- from an index that holds all that they filter by. What is kept here follows from the functions: to change one of
-- them is to fill the columns and build the indexes anew.

-- A text as it is searched: without accents, in lower case.
create function searchable(words text) returns text
language sql immutable parallel safe
return replace(
  translate(lower(regexp_replace(normalize(words, NFKD), '[\u0300-\u036f]', '', 'g')), 'øłđðıØŁĐÐ', 'olddioldd'),
  'ß', 'ss');

-- What `like` looks for so that every character typed is only itself.
create function search_pattern(typed text) returns text
language sql immutable parallel safe
return '%' || replace(replace(replace(searchable(trim(typed)), '\', '\\'), '%', '\%'), '_', '\_') || '%';

-- Of one and two letters those that few contacts have. An index of three letters knows nothing of them, and what few
-- have is not met by reading contacts in their order. The pairs named are those that more than one in fifty have.
-- A loop: as a query it takes ten times as long.
create function rare_letters(words text) returns text[]
language plpgsql immutable strict parallel safe cost 1000 as $$
declare
  has_others boolean := octet_length(words) > length(words);
  letters text;
  rare text[];
begin
  for place in 1..length(words) loop
    letters := substr(words, place, 1);
    if has_others and letters > '~' collate "C" then
      rare := rare || letters;
    end if;
    letters := substr(words, place, 2);
    if letters <> all (cast(
      '{aa,ab,ac,ad,ag,ah,ai,ak,al,am,an,ap,ar,as,at,au,av,aw,ay,ba,be,bh,bi,bl,bo,br,by,
      ca,ce,ch,ci,ck,co,cr,cs,ct,cy,da,de,di,do,dr,ds,ea,eb,ec,ed,ee,eg,ei,ek,el,em,en,
      eo,ep,er,es,et,eu,ev,ew,ex,ey,fe,fi,fo,fr,ft,ga,ge,gh,gi,gl,gm,go,gr,gu,ha,he,hi,
      hm,ho,ht,ia,ib,ic,id,ie,ig,ik,il,im,in,io,ip,ir,is,it,iz,ja,je,jo,ka,ke,kg,ki,ko,
      kr,ks,ku,kw,ky,la,lc,ld,le,li,ll,lm,lo,lp,ls,lt,ma,mb,me,mi,mo,mp,ms,na,nc,nd,ne,
      nf,ng,nh,ni,nk,nl,nn,no,ns,nt,nu,nw,oc,od,of,oi,ok,ol,om,on,oo,op,or,os,ot,ou,ov,
      ow,ox,pa,pe,ph,pi,pl,po,pr,ps,pt,pu,pv,qu,ra,rb,rc,rd,re,rg,ri,rk,rl,rm,rn,ro,rp,
      rr,rs,rt,ru,rv,ry,sa,sc,se,sh,si,sk,so,sp,ss,st,su,sy,ta,tc,td,te,th,ti,tl,to,tr,
      ts,tt,tw,ty,ua,ui,uk,ul,um,un,ur,us,ut,va,ve,vi,vo,vt,wa,wb,we,wf,wi,wn,wo,wr,xa,
      xc,xm,ya,yn,yp,yr,ys,za,ze,zi}'
      as text[])) and (letters ~ '^[a-z][a-z]$' or has_others and letters ~ '[^ -~]' and length(letters) = 2) then
      rare := rare || letters;
    end if;
  end loop;
  return rare;
end
$$;

-- Why to look, as one looks for it: without what stands behind a first sentence, and without the number of cards.
create function findable_reasons(raw jsonb) returns text[]
language sql immutable parallel safe cost 1000
return case when jsonb_typeof(raw -> 'reasons') = 'array' then (
  select array_agg(
    regexp_replace(
      regexp_replace(reason, '^(Cut from a photo with) \d+', '\1 several'), '^([^.]*[.]) .*$', '\1') collate "C")
  from jsonb_array_elements_text(raw -> 'reasons') as reasons (reason)
) end;

-- What waits comes first, what could not be read at all last.
create function review_order(status text) returns smallint
language sql immutable parallel safe
return case status when 'pending_review' then 0 when 'failed' then 2 else 1 end;

create function first_review_order(statuses text[]) returns smallint
language sql immutable parallel safe
return (select min(review_order(status)) from unnest(statuses) as status);

alter table contacts add column search_text text, add column rare_letters text[], add column reasons text[];

-- Columns `generated always` would do the same, but no trigger on a table with such may compare whole rows.
create function note_findable() returns trigger
language plpgsql as $$
begin
  new.search_text := searchable(concat_ws(' ', new.full_name, new.company, new.email));
  new.rare_letters := rare_letters(new.search_text);
  new.reasons := findable_reasons(new.ocr_raw_data);
  return new;
end
$$;
create trigger contacts_note_findable
  before insert or update of full_name, company, email, ocr_raw_data, search_text, rare_letters, reasons on contacts
  for each row execute function note_findable();

-- Nobody changed these contacts.
alter table contacts disable trigger contacts_touch;
update contacts set search_text = null;
alter table contacts enable trigger contacts_touch;

-- Each view is read from one of these alone: what waits, everything, one event.
create index idx_contacts_waiting on contacts (review_order(status), ocr_confidence nulls first, id)
  include (status, event_id, search_text, reasons)
  where status in ('pending_review', 'failed');
create index idx_contacts_review on contacts (review_order(status), ocr_confidence nulls first, id)
  include (status, event_id, search_text);
create index idx_contacts_event_review on contacts (event_id, review_order(status), ocr_confidence nulls first, id)
  include (status, search_text);

-- Few of those who do not wait have a reason: looking for one must not read through all of them.
create index idx_contacts_doubted on contacts (review_order(status), ocr_confidence nulls first, id)
  include (status, event_id, search_text, reasons)
  where reasons is not null;

-- Without `fastupdate` a search never has to read through a list of what was written lately.
create index idx_contacts_reasons on contacts using gin (reasons) with (fastupdate = off) where reasons is not null;
create index idx_contacts_rare_letters on contacts using gin (rare_letters) with (fastupdate = off)
  where rare_letters is not null;

-- Three letters and more, where the server has the extension and lets us use it; elsewhere the search is only slower.
do $$
begin
  create extension if not exists pg_trgm;
exception
  -- Managed servers refuse with codes of their own.
  when others then raise notice 'The search does without pg_trgm: %', sqlerrm;
end
$$;
do $$
declare
  home text := (select nspname from pg_extension join pg_namespace on pg_namespace.oid = extnamespace
                where extname = 'pg_trgm');
begin
  if home is not null then
    execute format('create index idx_contacts_search_text on contacts using gin (search_text %I.gin_trgm_ops)
                    with (fastupdate = off)', home);
  end if;
end
$$;

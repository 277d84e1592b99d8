-- An opt-out by an address and one by a domain.
insert into suppressions (id, hash, kind, source, note, created_at) values
  (1401, '\x8cf847fef6616c5af0971f0652ca1be2ac45ead3dba48355322cb1cb4e705bf9', 'address', 'by hand', 'Asked at the booth', '2026-05-06 12:00'),
  (1402, '\x69edce3ae42d9ccd614dc7d9f69ab6a8b7c2d9845187346545607bfb09584d41', 'domain', 'file', null, '2026-05-06 12:01');
insert into suppression_key_checks (check_value) values ('\x8adb33d81e11adf9a23f7c69ae4cd7ebc14ccca0a7d21b8c6497becfb1088518');

-- National algorithms: answers may be signed with SM2.

alter table consumers drop constraint consumers_answer_key_check;
alter table consumers add constraint consumers_answer_key_check check (answer_key in ('rsa', 'p256', 'sm2'));

-- And nodes come in with keys for it, and with one for their timestamps.
alter table join_keys drop constraint join_keys_key_check;
alter table join_keys add constraint join_keys_key_check
    check (key in ('tls', 'sign-rsa', 'sign-p256', 'encrypt-rsa', 'sign-sm2', 'encrypt-sm2', 'tsa'));

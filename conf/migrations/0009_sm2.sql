-- National algorithms: answers may be signed with SM2.

alter table consumers drop constraint consumers_answer_key_check;
alter table consumers add constraint consumers_answer_key_check check (answer_key in ('rsa', 'p256', 'sm2'));

-- A service may want its messages encrypted as well as signed.
alter table services drop constraint services_policy_check;
alter table services add constraint services_policy_check check (policy in ('plain', 'sign', 'sign-encrypt'));

"""Registration decides who is obliged, who was heard from and which one state each case is in.

It keeps the programmes, the municipalities, the register, the organisations' cases and contact data, and the staff.
It publishes the life of a case (`CaseOpened` to `CaseClosed`), `ContactChanged`, `ProgrammeApplied` and
`MunicipalitiesImported`. It listens to scheduling for a case's placement and to notifications for `NoAddressLeft`.
"""

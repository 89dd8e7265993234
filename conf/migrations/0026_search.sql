-- What services are found by: their words, made by registry/model/search_words.hpp in the transaction that saves them. A
-- Chinese text has no blanks, and trigrams find no word of two characters: its words are all pairs of neighbours.
create table search_documents (
    service         uddi_key primary key references uddi_entities on delete cascade,
    -- From the contract: names and documentation, one on each line.
    operations      text not null default '',
    elements        text not null default '',
    text            text not null default '',           -- all there is, for phrases longer than a pair
    name_words      text[] not null default '{}',
    operation_words text[] not null default '{}',
    element_words   text[] not null default '{}',
    words           text[] not null default '{}'        -- of all
);
create index search_documents_by_name on search_documents using gin (name_words);
create index search_documents_by_any on search_documents using gin (words);

// The tables of the sample agencies, one statement each, and the statements that fill them.
//
// Constant data; thread-safe. Filling takes a JSON array of objects whose keys are the column names.
#pragma once

#include <array>

namespace hutong::agencies::schema {

inline constexpr std::array create{
    "CREATE SCHEMA demo_agencies",
    R"(CREATE TABLE demo_agencies.company (
        credit_code        text PRIMARY KEY CHECK (length(credit_code) = 18),
        name               text NOT NULL UNIQUE,
        status             text NOT NULL CHECK (status IN ('active', 'revoked', 'cancelled')),
        legal_person       text NOT NULL,
        registered_capital numeric(18, 2) NOT NULL CHECK (registered_capital >= 0),
        established_on     date NOT NULL,
        region_code        char(6) NOT NULL,
        address            text NOT NULL,
        business_scope     text NOT NULL))",
    R"(CREATE TABLE demo_agencies.organisation (
        organisation_code  char(9) PRIMARY KEY,
        credit_code        text NOT NULL UNIQUE REFERENCES demo_agencies.company,
        name               text NOT NULL,
        address            text NOT NULL,
        issued_on          date NOT NULL,
        valid_until        date NOT NULL))",
    R"(CREATE TABLE demo_agencies.tax_account (
        bureau             text NOT NULL CHECK (bureau IN ('state', 'local')),
        credit_code        text NOT NULL REFERENCES demo_agencies.company,
        taxpayer_name      text NOT NULL,
        standing           text NOT NULL CHECK (standing IN ('normal', 'arrears', 'closed')),
        rating             char(1) NOT NULL,
        tax_office         text NOT NULL,
        registered_on      date NOT NULL,
        PRIMARY KEY (bureau, credit_code)))",
    R"(CREATE TABLE demo_agencies.arrears (
        bureau             text NOT NULL,
        credit_code        text NOT NULL,
        tax_kind           text NOT NULL,
        period             text NOT NULL,
        amount             numeric(18, 2) NOT NULL CHECK (amount > 0),
        due_on             date NOT NULL,
        FOREIGN KEY (bureau, credit_code) REFERENCES demo_agencies.tax_account))",
    "CREATE INDEX ON demo_agencies.arrears (bureau, credit_code)",
    "CREATE SEQUENCE demo_agencies.registration",
};

inline constexpr auto fill_company =
    "INSERT INTO demo_agencies.company "
    "SELECT * FROM jsonb_populate_recordset(NULL::demo_agencies.company, $1::jsonb)";
inline constexpr auto fill_organisation =
    "INSERT INTO demo_agencies.organisation "
    "SELECT * FROM jsonb_populate_recordset(NULL::demo_agencies.organisation, $1::jsonb)";
inline constexpr auto fill_tax_account =
    "INSERT INTO demo_agencies.tax_account "
    "SELECT * FROM jsonb_populate_recordset(NULL::demo_agencies.tax_account, $1::jsonb)";
inline constexpr auto fill_arrears =
    "INSERT INTO demo_agencies.arrears "
    "SELECT * FROM jsonb_populate_recordset(NULL::demo_agencies.arrears, $1::jsonb)";

}  // namespace hutong::agencies::schema

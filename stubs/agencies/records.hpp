// What the four sample agencies keep: plain rows, as generated and as stored.
//
// Values. Dates are ISO text (2019-07-01), amounts are yuan with two decimals (1000000.00).
#pragma once

#include <string>
#include <vector>

namespace hutong::agencies {

struct Company {
    std::string credit_code;
    std::string name;
    std::string status;  // active | revoked | cancelled
    std::string legal_person;
    std::string registered_capital;
    std::string established_on;
    std::string region_code;
    std::string address;
    std::string business_scope;
};

struct Organisation {
    std::string organisation_code;
    std::string credit_code;
    std::string name;
    std::string address;
    std::string issued_on;
    std::string valid_until;
};

enum class Bureau { state, local };  // 国税, 地税
inline const char* to_string(Bureau bureau) {
    return bureau == Bureau::state ? "state" : "local";
}

struct Arrears {
    std::string tax_kind;  // as the bureau's contract spells it
    std::string period;    // 2024-03
    std::string amount;
    std::string due_on;
};

struct TaxAccount {
    Bureau bureau{Bureau::state};
    std::string credit_code;
    std::string taxpayer_name;
    std::string standing;  // normal | arrears | closed
    std::string rating;    // A | B | M | C | D
    std::string tax_office;
    std::string registered_on;
    std::string arrears_total;
    std::vector<Arrears> arrears;
};

// One company in all four registers.
struct Dossier {
    Company company;
    Organisation organisation;
    TaxAccount state_tax;
    TaxAccount local_tax;
};

}  // namespace hutong::agencies

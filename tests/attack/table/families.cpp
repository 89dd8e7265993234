#include "tests/attack/table/families.hpp"

namespace hutong::attack {

void controls(Table&);
void wrapping(Table&);
void ids(Table&);
void required_parts(Table&);
void shape(Table&);
void references(Table&);
void transforms(Table&);
void algorithms(Table&);
void keys(Table&);
void national(Table&);
void times(Table&);
void xml_level(Table&);
void names_rebound(Table&);
void encodings(Table&);
void token_references(Table&);
void users(Table&);
void assertions(Table&);
void endorsements(Table&);
void attachments(Table&);

const std::vector<Family>& families() {
    static const std::vector<Family> all{
        {"control", controls},
        {"wrapping", wrapping},
        {"ids", ids},
        {"required", required_parts},
        {"shape", shape},
        {"reference", references},
        {"transform", transforms},
        {"algorithm", algorithms},
        {"key", keys},
        {"national", national},
        {"time", times},
        {"xml", xml_level},
        {"names", names_rebound},
        {"encoding", encodings},
        {"token reference", token_references},
        {"user", users},
        {"assertion", assertions},
        {"signatures", endorsements},
        {"attachment", attachments},
    };
    return all;
}

std::vector<Row> all_rows() {
    std::vector<Row> all;
    for (const Family& family : families()) {
        Table table;
        family.fill(table);
        for (Row& row : table.rows) {
            row.name = std::string(family.name) + ": " + row.name;
            all.push_back(std::move(row));
        }
    }
    return all;
}

}  // namespace hutong::attack

// What a command takes: the line of its row, what is refused by it, and what is written down.
#include "gateway/main/admin/parameters.hpp"

#include <set>

#include <boost/json/serialize.hpp>
#include <cppunit/extensions/HelperMacros.h>

#include "gateway/main/admin/commands.hpp"
#include "gateway/main/admin/record_keeper.hpp"

using namespace hutong;
using namespace hutong::admin;

class ParametersTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ParametersTest);
    CPPUNIT_TEST(the_line_is_read);
    CPPUNIT_TEST(unknown_missing_and_mistyped_arguments_are_named);
    CPPUNIT_TEST(secrets_are_never_written_down);
    CPPUNIT_TEST(what_is_large_is_kept_as_its_digest);
    CPPUNIT_TEST(the_table_keeps_its_rules);
    CPPUNIT_TEST_SUITE_END();

    const std::vector<Parameter> parameters_ =
        parameters_of("id files:object# names:list? yes:flag? count:number? password?! policy?@security");

    std::string complaint(const json::object& arguments) const {
        const Result<void> checked = check_arguments(parameters_, arguments);
        return checked ? std::string() : checked.error().detail;
    }

  public:
    void the_line_is_read() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{7}, parameters_.size());
        CPPUNIT_ASSERT(parameters_[0].name == "id" && parameters_[0].required &&
                       parameters_[0].kind == Kind::text);
        CPPUNIT_ASSERT(parameters_[1].kind == Kind::object && parameters_[1].large &&
                       parameters_[1].required);
        CPPUNIT_ASSERT(parameters_[2].kind == Kind::list && !parameters_[2].required);
        CPPUNIT_ASSERT(parameters_[3].kind == Kind::flag && parameters_[4].kind == Kind::number);
        CPPUNIT_ASSERT(parameters_[5].name == "password" && parameters_[5].secret);
        CPPUNIT_ASSERT(parameters_[6].name == "policy" &&
                       parameters_[6].reserved == security::Role::security);
        CPPUNIT_ASSERT(parameters_of("").empty());
    }

    void unknown_missing_and_mistyped_arguments_are_named() {
        const json::object files;
        CPPUNIT_ASSERT_EQUAL(std::string(), complaint({{"id", "x"}, {"files", files}, {"names", nullptr}}));
        CPPUNIT_ASSERT(complaint({{"id", "x"}, {"files", files}, {"Id", "y"}}).find("\"Id\"") !=
                       std::string::npos);
        CPPUNIT_ASSERT(complaint({{"id", "x"}}).find("\"files\" is missing") != std::string::npos);
        CPPUNIT_ASSERT(complaint({{"id", nullptr}, {"files", files}}).find("\"id\" is missing") !=
                       std::string::npos);
        CPPUNIT_ASSERT(complaint({{"id", 7}, {"files", files}}).find("must be a text") != std::string::npos);
        CPPUNIT_ASSERT(
            complaint({{"id", "x"}, {"files", files}, {"names", {"a", 1}}}).find("list of texts") !=
            std::string::npos);
    }

    void secrets_are_never_written_down() {
        const std::string kept = json::serialize(for_the_record(
            parameters_,
            {{"id", "x"}, {"password", "hunter2"}, {"files", {{"a.wsdl", "PGRlZmluaXRpb25zPg=="}}}}));
        CPPUNIT_ASSERT(kept.find("hunter2") == std::string::npos);
        CPPUNIT_ASSERT(kept.find("PGRl") == std::string::npos);
        CPPUNIT_ASSERT(kept.find("\"files\":\"sha256:") != std::string::npos);
        CPPUNIT_ASSERT(kept.find("\"id\":\"x\"") != std::string::npos);
    }

    // A record has at most 4 MiB: one that could not be written would leave a refusal without its trace.
    void what_is_large_is_kept_as_its_digest() {
        json::object given{{"id", std::string(5u << 20, 'x')}, {"policy", std::string(1000, 'y')}};
        const json::object kept = for_the_record(parameters_, given);
        CPPUNIT_ASSERT(kept.at("id").as_string().starts_with("sha256:"));
        CPPUNIT_ASSERT(kept.at("policy") == given.at("policy"));
        CPPUNIT_ASSERT_EQUAL(std::string("org.add"), command_for_the_record("org.add"));
        for (const std::string& odd : {std::string(5u << 20, 'x'), std::string("no\nname"), std::string()})
            CPPUNIT_ASSERT(command_for_the_record(odd).starts_with("sha256:"));
        CPPUNIT_ASSERT_EQUAL(std::string("why"), reason_for_the_record("why"));
        // Never in the middle of a character.
        const std::string cut = reason_for_the_record(std::string(1999, 'x') + "工商");
        CPPUNIT_ASSERT_EQUAL(std::string(1999, 'x') + "… (2005 bytes)", cut);
    }

    void the_table_keeps_its_rules() {
        std::set<std::string_view> names;
        for (const Command& command : command_table()) {
            const std::string name(command.name);
            CPPUNIT_ASSERT_MESSAGE(name, names.insert(command.name).second);
            const auto parameters = parameters_of(command.takes);
            std::set<std::string> taken;
            for (const Parameter& parameter : parameters) {
                CPPUNIT_ASSERT_MESSAGE(name, taken.insert(parameter.name).second);
                CPPUNIT_ASSERT_MESSAGE(name + ": " + parameter.name + " is no name",
                                       parameter.name.find_first_not_of(
                                           "abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos);
                // A proposal is kept until it is approved: what waits there must be no secret.
                CPPUNIT_ASSERT_MESSAGE(name, !parameter.secret || command.second == Second::never);
            }
            // Nobody approves what only reads.
            CPPUNIT_ASSERT_MESSAGE(name,
                                   command.effect == Effect::changes || command.second == Second::never);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ParametersTest);

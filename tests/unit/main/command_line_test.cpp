// The command line's exit codes: usage errors are 2, refusals 1, help and version 0.
#include "gateway/main/cli/command_line.hpp"

#include <vector>

#include <cppunit/extensions/HelperMacros.h>

namespace {

int run(std::vector<const char*> words) {
    words.insert(words.begin(), "hutong");
    return hutong::cli::run(static_cast<int>(words.size()), words.data());
}

}  // namespace

class CommandLineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CommandLineTest);
    CPPUNIT_TEST(wrong_usage_is_two);
    CPPUNIT_TEST(help_and_version_are_zero);
    CPPUNIT_TEST(a_home_without_platform_is_refused);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override { ::unsetenv("HUTONG_HOME"); }

    void wrong_usage_is_two() {
        const std::vector<std::vector<const char*>> wrong{
            {},
            {"nonsense"},
            {"org"},
            {"org", "add"},
            {"org", "add", "gs"},
            {"status", "--wait", "soon"},
            {"status", "--wait", "0"},
            {"service", "publish", "x.wsdl", "--org", "gs", "--name", "c", "--policy", "none"},
            {"consumer", "add", "c", "--org", "gs", "--answer-key", "dsa"},
            {"grant", "c"},
            {"grant", "request", "c", "gs/x"},
            {"grant", "list", "c"},
            {"grant", "accept", "01"},
            {"service", "deprecate", "gs/x", "--reason", "old"},
            {"service", "refuse", "gs/x"},
            {"service", "diff", "gs/x", "--to", "2", "--file", "x.wsdl"},
            {"cert", "issue", "--csr", "x"},
            {"cert", "revoke", "01"},
            {"version", "--unknown"},
        };
        for (const auto& words : wrong)
            CPPUNIT_ASSERT_EQUAL_MESSAGE(words.empty() ? "nothing" : words.front(), 2, run(words));
    }

    void help_and_version_are_zero() {
        CPPUNIT_ASSERT_EQUAL(0, run({"--help"}));
        CPPUNIT_ASSERT_EQUAL(0, run({"service", "publish", "--help"}));
        CPPUNIT_ASSERT_EQUAL(0, run({"version"}));
        CPPUNIT_ASSERT_EQUAL(0, run({"version", "--json"}));
        CPPUNIT_ASSERT_EQUAL(0, run({"completion", "bash"}));
    }

    void a_home_without_platform_is_refused() {
        CPPUNIT_ASSERT_EQUAL(1, run({"org", "list"}));
        CPPUNIT_ASSERT_EQUAL(1, run({"org", "list", "--home", "/nonexistent"}));
        CPPUNIT_ASSERT_EQUAL(1, run({"serve", "--home", "/nonexistent"}));
        CPPUNIT_ASSERT_EQUAL(1, run({"journal", "list", "--home", "/nonexistent", "--json"}));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CommandLineTest);

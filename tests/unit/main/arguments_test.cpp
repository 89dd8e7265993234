// Arguments of administration commands are read strictly.
#include "gateway/main/admin/arguments.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;
using namespace hutong::admin;

class ArgumentsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ArgumentsTest);
    CPPUNIT_TEST(present);
    CPPUNIT_TEST(missing);
    CPPUNIT_TEST(mistyped);
    CPPUNIT_TEST_SUITE_END();

    const json::object given_{
        {"id", "gs"},        {"empty", ""}, {"null", nullptr}, {"list", {"a", "b"}},
        {"mixed", {"a", 7}}, {"yes", true}, {"number", 7},     {"object", json::object{}}};
    const Caller owner_;
    const Arguments arguments_{given_, owner_};

  public:
    void present() {
        CPPUNIT_ASSERT_EQUAL(std::string("gs"), *arguments_.text("id"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, arguments_.texts("list")->size());
        CPPUNIT_ASSERT(*arguments_.flag("yes") == std::optional<bool>(true));
        CPPUNIT_ASSERT(arguments_.object("object"));
    }

    void missing() {
        for (const char* name : {"absent", "empty", "null"}) {
            const auto text = arguments_.text(name);
            CPPUNIT_ASSERT(!text);
            CPPUNIT_ASSERT(text.error().detail.find(name) != std::string::npos);
        }
        for (const char* name : {"absent", "null"}) {
            CPPUNIT_ASSERT(!*arguments_.optional_text(name));
            CPPUNIT_ASSERT(arguments_.texts(name)->empty());
            CPPUNIT_ASSERT(!*arguments_.flag(name));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, *arguments_.number(name, 3));
            CPPUNIT_ASSERT(!arguments_.object(name));
        }
    }

    void mistyped() {
        CPPUNIT_ASSERT(!arguments_.text("number"));
        CPPUNIT_ASSERT(!arguments_.texts("id"));
        CPPUNIT_ASSERT(!arguments_.texts("mixed"));
        CPPUNIT_ASSERT(!arguments_.flag("id"));
        CPPUNIT_ASSERT(!arguments_.object("list"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ArgumentsTest);

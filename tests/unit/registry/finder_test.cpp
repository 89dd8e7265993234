#include "registry/store/uddi/finder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"

namespace hutong::registry::uddi {

class FinderTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(FinderTest);
    CPPUNIT_TEST(finds_names_by_how_they_begin);
    CPPUNIT_TEST(many_names_that_begin_so_are_planned_for);
    CPPUNIT_TEST_SUITE_END();

    // tModels t0, t1, … of these names.
    void add(const std::vector<std::string>& names) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string key = "'uddi:x.test:t" + std::to_string(i) + "'";
            sql("insert into uddi_entities (key, kind, name) values (" + key + ", 'tmodel', '" + names[i] +
                "')");
            sql("insert into uddi_names (entity, kind, position, name) values (" + key + ", 'tmodel', 0, '" +
                names[i] + "')");
        }
    }

    // The numbers of those found.
    std::string found(const std::string& pattern, bool coarse = false) {
        Find asked;
        asked.qualifiers.approximate = true;
        asked.qualifiers.case_insensitive = asked.qualifiers.diacritic_insensitive = coarse;
        asked.names = {{pattern, {}}};
        std::string numbers;
        run(pool_->transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
            auto result = co_await uddi::find(session, asked);
            CPPUNIT_ASSERT_MESSAGE(pattern, result.has_value());
            for (const Hit& hit : result->hits)
                if (hit.key.starts_with("uddi:x.test:t")) numbers += hit.key.substr(13) + " ";
            co_return Result<void>();
        })).value();
        return numbers;
    }

    std::int64_t from(const std::string& begin) {
        return number("select count(*) from uddi_names_from('tmodel', '" + begin + "', false)");
    }

    void many_names_that_begin_so_are_planned_for() {
        sql("insert into uddi_entities (key, kind, name) select 'uddi:x.test:t' || i, 'tmodel', 'many ' || i "
            "from "
            "generate_series(1000, 1500) i");
        sql("insert into uddi_names (entity, kind, position, name) select 'uddi:x.test:t' || i, 'tmodel', 0, "
            "'many ' "
            "|| i from generate_series(1000, 1500) i");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{100}, from("many 10"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, from("many"));
        CPPUNIT_ASSERT_EQUAL(std::string("1234 "), found("many%234"));
        CPPUNIT_ASSERT_EQUAL(std::string("1234 "), found("many 1234%"));
        CPPUNIT_ASSERT_EQUAL(std::string("1490 1491 1492 1493 1494 1495 1496 1497 1498 1499 "),
                             found("MANY 149%", true));
        sql("delete from uddi_entities where key = 'uddi:x.test:t1500'");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{500}, from("many"));
    }

    // At the ends of the range that the index is asked for.
    void finds_names_by_how_they_begin() {
        add({"ab", "abc", "abd", "ac", "ab\u00FF", "ab\uD7FFx", "ab\uE000", "ab\U0010FFFF",
             "ab\U0010FFFF\U0010FFFF", "AB\u0301c", "a_b", "企业信息", "企业", "企"});
        CPPUNIT_ASSERT_EQUAL(std::string("0 1 2 4 5 6 7 8 "), found("ab%"));
        CPPUNIT_ASSERT_EQUAL(std::string("0 "), found("ab"));
        CPPUNIT_ASSERT_EQUAL(std::string("1 "), found("abc%"));
        CPPUNIT_ASSERT_EQUAL(std::string("1 2 4 6 7 "), found("ab_"));
        CPPUNIT_ASSERT_EQUAL(std::string("5 "), found("ab\uD7FF%"));
        CPPUNIT_ASSERT_EQUAL(std::string("7 8 "), found("ab\U0010FFFF%"));
        CPPUNIT_ASSERT_EQUAL(std::string("8 "), found("ab\U0010FFFF\U0010FFFF%"));
        CPPUNIT_ASSERT_EQUAL(std::string("10 "), found("a\\_%"));
        CPPUNIT_ASSERT_EQUAL(std::string("12 11 "), found("企业%"));
        CPPUNIT_ASSERT_EQUAL(std::string("13 12 11 "), found("企%"));
        CPPUNIT_ASSERT_EQUAL(std::string(), found("zz%"));
        CPPUNIT_ASSERT_EQUAL(std::string("9 1 "), found("Abc%", true));
        CPPUNIT_ASSERT_EQUAL(std::string("9 1 "), found("\u00C1B\u0301C", true));
        // Nothing is left of it in the coarsest form.
        CPPUNIT_ASSERT(found("\u0301\u0301%", true).find("11 ") != std::string::npos);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(FinderTest);

}  // namespace hutong::registry::uddi

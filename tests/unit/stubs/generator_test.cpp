// The generated companies: valid, distinct, and the same for the same seed.
#include "stubs/agencies/generator.hpp"

#include <set>

#include <cppunit/extensions/HelperMacros.h>

#include "stubs/agencies/credit_code.hpp"
#include "stubs/agencies/regions.hpp"

namespace hutong::agencies {

class GeneratorTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GeneratorTest);
    CPPUNIT_TEST(begins_with_the_sample);
    CPPUNIT_TEST(makes_valid_distinct_companies);
    CPPUNIT_TEST(keeps_the_registers_consistent);
    CPPUNIT_TEST(repeats_itself_for_a_seed);
    CPPUNIT_TEST(gives_a_certificate_ten_years_on_leap_days_too);
    CPPUNIT_TEST_SUITE_END();

    static constexpr int many = 5000;

    void begins_with_the_sample() {
        for (const std::uint64_t seed : {1u, 2u}) {
            const Dossier first = Generator(seed).next();
            CPPUNIT_ASSERT_EQUAL(std::string(sample_credit_code), first.company.credit_code);
            CPPUNIT_ASSERT_EQUAL(std::string("M000100Y4"), first.organisation.organisation_code);
        }
    }

    void makes_valid_distinct_companies() {
        Generator generator(7);
        std::set<std::string> codes;
        std::set<std::string> organisations;
        std::set<std::string> names;
        for (int i = 0; i < many; ++i) {
            const Company company = generator.next().company;
            CPPUNIT_ASSERT_MESSAGE(company.credit_code, !check_credit_code(company.credit_code));
            CPPUNIT_ASSERT(find_region(company.region_code));
            CPPUNIT_ASSERT(codes.insert(company.credit_code).second);
            CPPUNIT_ASSERT(organisations.insert(std::string(organisation_of(company.credit_code))).second);
            CPPUNIT_ASSERT_MESSAGE(company.name, names.insert(company.name).second);
        }
    }

    void keeps_the_registers_consistent() {
        Generator generator(7);
        int in_arrears = 0;
        for (int i = 0; i < many; ++i) {
            const Dossier dossier = generator.next();
            for (const TaxAccount* account : {&dossier.state_tax, &dossier.local_tax}) {
                CPPUNIT_ASSERT_EQUAL(dossier.company.credit_code, account->credit_code);
                CPPUNIT_ASSERT_EQUAL(account->standing == "arrears", !account->arrears.empty());
                CPPUNIT_ASSERT_EQUAL(dossier.company.status == "cancelled", account->standing == "closed");
                in_arrears += !account->arrears.empty();
            }
            CPPUNIT_ASSERT_EQUAL(dossier.company.name, dossier.organisation.name);
        }
        CPPUNIT_ASSERT(in_arrears > 0);
    }

    void repeats_itself_for_a_seed() {
        Generator one(99);
        Generator same(99);
        Generator other(100);
        int different = 0;
        for (int i = 0; i < 100; ++i) {
            const Dossier a = one.next();
            const Dossier b = same.next();
            CPPUNIT_ASSERT_EQUAL(a.company.credit_code, b.company.credit_code);
            CPPUNIT_ASSERT_EQUAL(a.company.name, b.company.name);
            CPPUNIT_ASSERT_EQUAL(a.local_tax.arrears_total, b.local_tax.arrears_total);
            different += a.company.credit_code != other.next().company.credit_code;
        }
        CPPUNIT_ASSERT_EQUAL(99, different);  // all but the sample
        // One value written down, so that another compiler or library cannot silently make other companies.
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{9981545732273789042ull}, [] {
            std::mt19937_64 random;
            random.discard(9999);
            return static_cast<std::uint64_t>(random());
        }());
    }

    void gives_a_certificate_ten_years_on_leap_days_too() {
        Company company = Generator(1).next().company;
        company.established_on = "2016-02-29";
        CPPUNIT_ASSERT_EQUAL(std::string("2026-02-28"), organisation_of(company).valid_until);
        company.established_on = "2015-10-01";
        CPPUNIT_ASSERT_EQUAL(std::string("2025-10-01"), organisation_of(company).valid_until);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GeneratorTest);

}  // namespace hutong::agencies

#include <set>

#include <cppunit/extensions/HelperMacros.h>

#include "registry/model/uddi/keys.hpp"
#include "registry/model/uddi/technical_note.hpp"
#include "registry/soap/rest.hpp"
#include "registry/subscription/subscription.hpp"
#include "registry/validation/canonical.hpp"

namespace hutong::registry::uddi {

class UddiTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(UddiTest);
    CPPUNIT_TEST(knows_keys);
    CPPUNIT_TEST(knows_partitions);
    CPPUNIT_TEST(makes_keys_of_names_that_are_none);
    CPPUNIT_TEST(keeps_names_apart_that_differ_in_case);
    CPPUNIT_TEST(shortens_what_is_too_long);
    CPPUNIT_TEST(has_each_canonical_tmodel_once);
    CPPUNIT_TEST(has_values_of_each_checked_set);
    CPPUNIT_TEST(reads_durations);
    CPPUNIT_TEST(tells_queries_from_contracts);
    CPPUNIT_TEST_SUITE_END();

    static wsdl::Description two_port_types(const std::string& one, const std::string& other) {
        wsdl::Description description;
        wsdl::Service service;
        service.name = {"urn:t", "S"};
        for (const std::string& name : {one, other}) {
            wsdl::Binding binding;
            binding.name = {"urn:t", name};
            binding.port_type = {"urn:t", name};
            binding.transport = wsdl::Transport::soap11_http;
            description.bindings.push_back(binding);
            service.ports.push_back({name, binding.name, "http://x.test/", {}});
        }
        description.services.push_back(service);
        return description;
    }

    static Service gs_company() {
        Service service;
        service.org = "gs";
        service.name = "company";
        return service;
    }

    static std::set<std::string> keys_of(const ServiceView& view) {
        std::set<std::string> keys{view.service.key};
        for (const Entity& one : view.tmodels) keys.insert(one.key);
        for (const Entity& one : view.service.children) keys.insert(one.key);
        return keys;
    }

    void knows_keys() {
        for (const char* good : {"uddi:example.org", "uddi:example.org:a", "uddi:example.org:a:b-_.!~*'()",
                                 "uddi:4cd7e4bc-648b-426d-9936-443eaac8ae23", "uddi:x:%41"})
            CPPUNIT_ASSERT_MESSAGE(good, is_key(good));
        for (const char* bad :
             {"", "uddi:", "uddi::x", "uddi:x:", "uuid:4cd7e4bc-648b-426d-9936-443eaac8ae23", "uddi:a b",
              "uddi:x:a b", "uddi:-x", "uddi:x..y", "uddi:x:\"", "uddi:x:\xe9"})
            CPPUNIT_ASSERT_MESSAGE(bad, !is_key(bad));
        CPPUNIT_ASSERT(!is_key("uddi:x:" + std::string(249, 'k')));
        CPPUNIT_ASSERT(is_key("uddi:x:" + std::string(248, 'k')));
        CPPUNIT_ASSERT(is_uuid_key(new_key()) && is_key(new_key()));
        CPPUNIT_ASSERT(!is_uuid_key(new_key() + ":x"));
    }

    void knows_partitions() {
        CPPUNIT_ASSERT_EQUAL(std::string("uddi:x.org:keygenerator"), generator_of("uddi:x.org"));
        CPPUNIT_ASSERT_EQUAL(std::string("uddi:x.org:keygenerator"), generator_of("uddi:x.org:a"));
        CPPUNIT_ASSERT_EQUAL(std::string("uddi:x.org:a:keygenerator"), generator_of("uddi:x.org:a:b"));
        CPPUNIT_ASSERT_EQUAL(std::string(), generator_of("uddi:x.org:keygenerator"));
        CPPUNIT_ASSERT_EQUAL(std::string("uddi:x.org:keygenerator"),
                             generator_of("uddi:x.org:a:keygenerator"));
        CPPUNIT_ASSERT(is_reserved("uddi:hutong") && is_reserved("uddi:hutong:x") &&
                       is_reserved("uddi:uddi.org:x"));
        CPPUNIT_ASSERT(!is_reserved("uddi:hutong.example") && !is_reserved("uddi:uddi.organisation"));
    }

    void makes_keys_of_names_that_are_none() {
        const ServiceView view =
            view_of(gs_company(), two_port_types("\xe4\xbc\x81\xe4\xb8\x9a", std::string(200, 'n')));
        const auto keys = keys_of(view);
        CPPUNIT_ASSERT_EQUAL(std::size_t{7}, keys.size());
        for (const std::string& key : keys) CPPUNIT_ASSERT_MESSAGE(key, is_key(key));
        CPPUNIT_ASSERT(keys == keys_of(view_of(gs_company(), two_port_types("\xe4\xbc\x81\xe4\xb8\x9a",
                                                                            std::string(200, 'n')))));
    }

    void keeps_names_apart_that_differ_in_case() {
        const ServiceView view = view_of(gs_company(), two_port_types("Port", "PORT"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{7}, keys_of(view).size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, view.service.children.size());
        CPPUNIT_ASSERT(view.service.children[0].instances != view.service.children[1].instances);
    }

    void shortens_what_is_too_long() {
        wsdl::Description description = two_port_types("A", "B");
        for (int i = 0; i < 300; ++i) description.services[0].documentation += "\xe4\xbc\x81";
        const ServiceView view = view_of(gs_company(), description);
        CPPUNIT_ASSERT(view.service.descriptions.find("<description>") == 0);
        CPPUNIT_ASSERT_EQUAL(255 * 3 + std::string("<description></description>").size(),
                             view.service.descriptions.size());
    }

    void has_each_canonical_tmodel_once() {
        std::set<std::string_view> keys;
        for (const CanonicalTModel& one : canonical_tmodels()) {
            CPPUNIT_ASSERT_MESSAGE(std::string(one.key), keys.insert(one.key).second);
            CPPUNIT_ASSERT_MESSAGE(std::string(one.key), is_key(one.key) && is_reserved(one.key));
            CPPUNIT_ASSERT(one.name.size() <= 255 && one.description.size() <= 255);
        }
        for (const ValueSet& set : checked_value_sets()) {
            CPPUNIT_ASSERT(keys.contains(set.tmodel));
            std::set<std::string_view> values;
            for (const Value& one : set.values) CPPUNIT_ASSERT(values.insert(one.value).second);
        }
    }

    // But for those whose values are keys.
    void has_values_of_each_checked_set() {
        std::set<std::string_view> sets;
        for (const ValueSet& set : checked_value_sets()) sets.insert(set.tmodel);
        for (const CanonicalTModel& one : canonical_tmodels())
            if (one.types.ends_with(" checked"))
                CPPUNIT_ASSERT_MESSAGE(std::string(one.key), sets.contains(one.key));
    }

    void reads_durations() {
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3600}, seconds_of("PT1H").value());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{90061}, seconds_of("P1DT1H1M1S").value());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{30 * 86400}, seconds_of("P1M").value());
        for (const char* bad : {"", "P", "PT0S", "-PT1H", "PT1.5S", "P99999999999Y", "P20Y", "PT1", "1H"})
            CPPUNIT_ASSERT_MESSAGE(bad, seconds_of(bad).has_error());
    }

    void tells_queries_from_contracts() {
        for (const char* query :
             {"serviceKey=x", "find_service", "find_service&name=x", "tModelKey=y&format=json"})
            CPPUNIT_ASSERT_MESSAGE(query, is_rest_query(query));
        for (const char* page : {"", "wsdl", "xsd=uddi.xsd", "wsdl=find_service", "name=x"})
            CPPUNIT_ASSERT_MESSAGE(page, !is_rest_query(page));
        CPPUNIT_ASSERT(read_query("find_service&name=%e4%bc%81&category=k|v|n", "application/json")->json);
        CPPUNIT_ASSERT(read_query("find_service&name=%4", "").has_error());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UddiTest);

}  // namespace hutong::registry::uddi

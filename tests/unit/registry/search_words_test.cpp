// The words that services are found by.
#include "registry/model/search_words.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "registry/catalogue/resource_catalogue.hpp"

namespace hutong::registry {

class SearchWordsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SearchWordsTest);
    CPPUNIT_TEST(pairs_of_chinese_characters);
    CPPUNIT_TEST(parts_of_camel_case);
    CPPUNIT_TEST(scripts_part_words);
    CPPUNIT_TEST(punctuation_parts_words);
    CPPUNIT_TEST(bytes_that_are_no_text);
    CPPUNIT_TEST(long_words_are_cut_between_characters);
    CPPUNIT_TEST(queries_ask_for_pairs_and_phrases);
    CPPUNIT_TEST(queries_without_words);
    CPPUNIT_TEST(trees_of_regions);
    CPPUNIT_TEST(trees_of_themes);
    CPPUNIT_TEST_SUITE_END();

    using Words = std::vector<std::string>;

    static std::string joined(const Words& words) {
        std::string all;
        for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
        return all;
    }
    static void is(const std::string& expected, const Words& words) {
        CPPUNIT_ASSERT_EQUAL(expected, joined(words));
    }

    void pairs_of_chinese_characters() {
        is("业 业信 企 企业 信", words_of("企业信"));
        is("税", words_of("税"));
        is("野 𠮷 𠮷野", words_of("𠮷野"));  // beyond the basic plane
    }
    void parts_of_camel_case() {
        is("company get getcompanyinfo info", words_of("GetCompanyInfo"));
        is("parser xml xmlparser", words_of("XMLParser"));
        is("get getid id", words_of("getID"));
        is("abc", words_of("ABC"));
        is("name1", words_of("name1 NAME1"));
    }
    void scripts_part_words() { is("ca 书 证 证书", words_of("CA证书")); }
    void punctuation_parts_words() {
        is("a b c d", words_of("a_b-c/d"));
        is("企 工", words_of("企，工"));
        is("企 工", words_of("企·工"));
        is("", words_of(" \t\n，。（）—… "));
    }
    void bytes_that_are_no_text() {
        is("a b", words_of("a\xff\xfe"
                           "b"));
        is("a", words_of("a\xe4\xbc"));  // cut off
        is("", words_of(std::string_view("\0", 1)));
    }
    void long_words_are_cut_between_characters() {
        is(std::string(64, 'a'), words_of(std::string(1000, 'a')));
        std::string greek;
        for (int i = 0; i < 50; ++i) greek += "λ";
        CPPUNIT_ASSERT_EQUAL(std::size_t{64}, words_of(greek).front().size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{63}, words_of("x" + greek).front().size());
    }
    void queries_ask_for_pairs_and_phrases() {
        const SearchQuery query = search_query("企业信 getCompany 税 法人");
        is("company get 业信 企业 法人 税", query.words);
        is("企业信", query.phrases);
    }
    void queries_without_words() {
        CPPUNIT_ASSERT(search_query(" ，% ").words.empty());
        CPPUNIT_ASSERT(search_query("").words.empty());
    }

    static CategoryNode node(const std::string& code, std::uint64_t count) { return {code, code, count, {}}; }
    static std::string told(const std::vector<CategoryNode>& nodes) {
        std::string text;
        for (const CategoryNode& one : nodes)
            text += one.code + "=" + std::to_string(one.count) + "(" + told(one.children) + ")";
        return text;
    }
    void trees_of_regions() {
        CPPUNIT_ASSERT_EQUAL(
            std::string("330000=6(330100=5(330106=2()))440000=1()"),
            told(
                tree_of({node("330106", 2), node("440000", 1), node("330000", 1), node("330100", 3)}, true)));
        // 331000 is a prefecture: its zeros are not those of a province.
        CPPUNIT_ASSERT_EQUAL(std::string("330000=3(331000=3(331002=1()))"),
                             told(tree_of({node("330000", 0), node("331000", 2), node("331002", 1)}, true)));
    }
    void trees_of_themes() {
        CPPUNIT_ASSERT_EQUAL(std::string("ZA=3(ZA00=2())ZB=1()"),
                             told(tree_of({node("ZB", 1), node("ZA00", 2), node("ZA", 1)}, false)));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SearchWordsTest);

}  // namespace hutong::registry

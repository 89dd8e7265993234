// hutong catalogue list, show, set, themes, agencies, regions; hutong search.
#include <array>
#include <map>
#include <memory>

#include <boost/json/serialize.hpp>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"

namespace hutong::cli {

namespace {

struct TextOption {
    const char* option;
    const char* argument;
    const char* description;
};

constexpr std::array filters{TextOption{"--theme", "theme", "of this theme (GB/T 21063.4) or below it"},
                             TextOption{"--agency", "agency", "of this organisation"},
                             TextOption{"--region", "region", "of this region (GB/T 2260) or below it"},
                             TextOption{"--after", "after", "go on after this key"}};

constexpr std::array elements{
    TextOption{"--title", "title", "信息资源名称, in place of the service's name"},
    TextOption{"--abstract", "abstract", "信息资源摘要, in place of its description"},
    TextOption{"--provider", "provider", "信息资源提供方, in place of the organisation's name"},
    TextOption{"--contact", "contact", "how to reach the provider"},
    TextOption{"--theme", "theme", "信息资源分类: a code of GB/T 21063.4"},
    TextOption{"--theme-name", "theme_name", "that theme's name"},
    TextOption{"--region", "region", "a code of GB/T 2260, six digits"},
    TextOption{"--identifier", "identifier", "信息资源标识符, in place of the serviceKey"},
    TextOption{"--published", "published", "信息资源发布日期, YYYY-MM-DD"},
    TextOption{"--begins", "begins", "时间范围: the first day"},
    TextOption{"--ends", "ends", "时间范围: the last day"},
    TextOption{"--online", "online", "在线资源链接地址, in place of the gateway's address"},
    TextOption{"--maintainer", "maintainer", "元数据维护方"}};

// What options were given, by the names of arguments; an empty text is one too.
class Given {
  public:
    template <std::size_t size>
    void offer(CLI::App* command, const std::array<TextOption, size>& rows) {
        for (const TextOption& row : rows)
            options_.emplace_back(row.argument,
                                  command->add_option(row.option, texts_[row.argument], row.description));
    }
    json::object arguments() const {
        json::object all;
        for (const auto& [name, option] : options_)
            if (option->count() > 0) all[name] = texts_.at(name);
        return all;
    }

  private:
    std::map<std::string, std::string> texts_;
    std::vector<std::pair<std::string, CLI::Option*>> options_;
};

void add_list(Parser& parser, CLI::App& catalogue) {
    auto given = std::make_shared<Given>();
    auto limit = std::make_shared<unsigned>(50);
    CLI::App* command = parser.command(
        catalogue, "list", "entries, by name", [given, limit](const Context& context) -> Result<Output> {
            json::object arguments = given->arguments();
            arguments["limit"] = *limit;
            HUTONG_ASSIGN(json::value result, ask(context, "catalogue.list", std::move(arguments)));
            std::string text = table_of(
                result.at("entries"),
                {{"TITLE", "resTitle"}, {"AGENCY", "agency"}, {"SERVICE", "service"}, {"KEY", "key"}});
            if (const std::string next = text_of(result, "next"); !next.empty())
                text += "there are more: --after " + next;
            return Output{std::move(result), std::move(text)};
        });
    given->offer(command, filters);
    command->add_option("--limit", *limit, "how many, 200 at most");
}

// One line for each element, in the order that the daemon has them.
Output shown(json::value entry) {
    std::string text;
    for (const auto& [name, value] : entry.as_object()) {
        text += std::string(name) + std::string(name.size() < 12 ? 12 - name.size() : 1, ' ');
        text += (value.is_string() ? std::string(value.get_string()) : json::serialize(value)) + "\n";
    }
    if (!text.empty()) text.pop_back();
    return Output{std::move(entry), std::move(text)};
}

void add_show(Parser& parser, CLI::App& catalogue) {
    auto id = std::make_shared<std::string>();
    parser
        .command(catalogue, "show", "the core metadata of one entry, by GB/T 21063.3",
                 [id](const Context& context) -> Result<Output> {
                     HUTONG_ASSIGN(json::value entry, ask(context, "catalogue.show", {{"id", *id}}));
                     return shown(std::move(entry));
                 })
        ->add_option("id", *id, "ORG/NAME or a serviceKey")
        ->required();
}

void add_set(Parser& parser, CLI::App& catalogue) {
    struct Options {
        std::string id, seen;
        std::vector<std::string> keywords;
        Given given;
        CLI::Option* keywords_given{nullptr};
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = parser.command(
        catalogue, "set", "say in the agency's own words what the catalogue shows; \"\" takes it back",
        [options](const Context& context) -> Result<Output> {
            json::object arguments = options->given.arguments();
            if (options->keywords_given->count() > 0) {
                json::array words;
                for (const std::string& word : options->keywords)
                    if (!word.empty()) words.push_back(json::value(word));
                arguments["keywords"] = std::move(words);
            }
            arguments["id"] = options->id;
            add_if_match(options->seen, arguments);
            HUTONG_ASSIGN(json::value entry, ask(context, "catalogue.set", std::move(arguments)));
            return shown(std::move(entry));
        });
    command->add_option("id", options->id, "ORG/NAME or a serviceKey")->required();
    options->given.offer(command, elements);
    options->keywords_given = command->add_option("--keyword", options->keywords,
                                                  "关键字说明; may be given several times, all are replaced");
    offer_if_match(*command, options->seen, "hutong catalogue show");
}

void add_lines(const json::array& nodes, const std::string& indent, std::string& text) {
    for (const json::value& node : nodes) {
        text += indent + text_of(node, "code") + "  " + text_of(node, "name") + "  (" +
                text_of(node, "count") + ")\n";
        add_lines(node.at("children").as_array(), indent + "  ", text);
    }
}

void add_tree(Parser& parser, CLI::App& catalogue, const std::string& name, const std::string& description) {
    parser.command(catalogue, name, description, [name](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value tree, ask(context, "catalogue." + name));
        std::string text;
        add_lines(tree.as_array(), "", text);
        if (!text.empty()) text.pop_back();
        return Output{std::move(tree), std::move(text)};
    });
}

Result<Output> agencies(const Context& context) {
    HUTONG_ASSIGN(json::value result, ask(context, "catalogue.agencies"));
    std::string text = table_of(
        result, {{"AGENCY", "agency"}, {"NAME", "name"}, {"ENTRIES", "count"}, {"BUSINESS KEY", "business"}});
    return Output{std::move(result), std::move(text)};
}

void add_search(Parser& parser) {
    auto words = std::make_shared<std::vector<std::string>>();
    auto limit = std::make_shared<unsigned>(20);
    CLI::App* command = parser.command(
        parser.app, "search", "find services by names, operations, data elements and descriptions",
        [words, limit](const Context& context) -> Result<Output> {
            std::string text;
            for (const std::string& word : *words) text += (text.empty() ? "" : " ") + word;
            HUTONG_ASSIGN(json::value result, ask(context, "search", {{"q", text}, {"limit", *limit}}));
            std::string table = table_of(
                result.at("hits"),
                {{"TITLE", "resTitle"}, {"FOUND IN", "matched"}, {"SERVICE", "service"}, {"KEY", "key"}});
            return Output{std::move(result), std::move(table)};
        });
    command->add_option("text", *words, "words in Chinese or English; all of them must be there")->required();
    command->add_option("--limit", *limit, "how many, 200 at most");
}

}  // namespace

void add_catalogue_commands(Parser& parser) {
    CLI::App* catalogue = parser.app.add_subcommand(
        "catalogue", "the catalogue of government information resources (政务信息资源目录)");
    catalogue->require_subcommand(1);
    add_list(parser, *catalogue);
    add_show(parser, *catalogue);
    add_set(parser, *catalogue);
    add_tree(parser, *catalogue, "themes", "themes in use, with how many entries they have");
    add_tree(parser, *catalogue, "regions", "regions in use, with how many entries they have");
    parser.command(*catalogue, "agencies", "agencies with entries", agencies);
    add_search(parser);
}

}  // namespace hutong::cli

#include "wsdl/model/closure.hpp"

#include <algorithm>
#include <set>

#include "wsdl/model/location.hpp"
#include "wsdl/model/names.hpp"
#include "wsdl/model/source_text.hpp"
#include "wsdl/model/well_known.hpp"

namespace hutong::wsdl {

namespace {

constexpr std::string_view no_mend_needed = "; what it declares is not checked";

// Follows the links breadth first. Cycles end because a file is opened once and a schema is there once for
// each namespace it takes on.
class Gatherer {
  public:
    Gatherer(const Bundle& bundle, const config::Wsdl& limits) : bundle_(bundle), limits_(limits) {}

    Result<Closure> run() {
        HUTONG_TRY(check_size());
        HUTONG_TRY(open_main());
        std::size_t definitions = 0;
        std::size_t schemas = 0;
        while (definitions < closure_.definitions.size() || schemas < closure_.schemas.size()) {
            if (definitions < closure_.definitions.size()) {
                follow_definitions(closure_.definitions[definitions++]);
            } else {
                follow_schema(schemas++);
            }
            if (closure_.schemas.size() > 4 * std::size_t{limits_.max_files})
                return Error{ErrorCode::limit, bundle_.main + ": more than " +
                                                   std::to_string(4 * std::size_t{limits_.max_files}) +
                                                   " schemas; raise wsdl.max_files"};
        }
        report_unreached();
        return std::move(closure_);
    }

  private:
    Result<void> check_size() const {
        if (bundle_.files.size() > limits_.max_files)
            return Error{ErrorCode::limit,
                         bundle_.main + ": the contract has " + std::to_string(bundle_.files.size()) +
                             " files; raise wsdl.max_files (" + std::to_string(limits_.max_files) + ")"};
        std::uint64_t total = 0;
        for (const auto& [path, text] : bundle_.files) total += text.size();
        if (total > limits_.max_bundle_bytes)
            return Error{ErrorCode::limit, bundle_.main +
                                               ": the contract is larger than wsdl.max_bundle_bytes (" +
                                               std::to_string(limits_.max_bundle_bytes) + ")"};
        return {};
    }

    Result<void> open_main() {
        if (!bundle_.files.contains(bundle_.main))
            return not_found("the contract has no file " + bundle_.main + "; name its main WSDL file");
        auto opened = parse(bundle_.main);
        if (!opened) return opened.error().at(bundle_.main);
        const xml::Element root = (*opened)->document.root();
        if (root.is(ns::wsdl20, "description"))
            return invalid(bundle_.main + ":1: this is WSDL 2.0; send the WSDL 1.1 form of the contract");
        if (!root.is(ns::wsdl, "definitions"))
            return invalid(bundle_.main + ":" + std::to_string(root.line()) + ": the root is " +
                           root.name().text() + ", not definitions of WSDL 1.1");
        closure_.definitions.push_back({root, *opened});
        return {};
    }

    Result<const SourceFile*> parse(const std::string& path) {
        HUTONG_ASSIGN(SourceText source, source_text(bundle_.files.at(path)));
        HUTONG_ASSIGN(xml::Document document, xml::parse(source.utf8, parser_limits(limits_)));
        closure_.files.push_back({path, std::move(source.utf8), std::move(source.encoding),
                                  source.had_doctype, std::move(document)});
        return &closure_.files.back();
    }

    // The file of that path, parsed when first asked for; nullptr when it cannot be used, with a finding
    // once.
    const SourceFile* open(const std::string& path) {
        if (path == bundle_.main) return &closure_.files.front();
        if (const auto known = opened_.find(path); known != opened_.end()) return known->second;
        const SourceFile* file = nullptr;
        if (auto parsed = parse(path)) {
            const xml::Element root = (*parsed)->document.root();
            if (root.is(ns::wsdl, "definitions") || root.is(ns::xsd, "schema")) {
                file = *parsed;
            } else {
                report("HT-WSDL-004", "the file is " + root.name().text() + ", neither WSDL 1.1 nor a schema",
                       {path, root.line()});
            }
        } else {
            report("HT-WSDL-004", "the file cannot be read: " + parsed.error().detail,
                   {path, line_in(parsed.error())});
        }
        opened_[path] = file;
        return file;
    }

    // The parser puts the line into its message: "line 12, column 3: …".
    static int line_in(const Error& error) {
        const std::size_t at = error.detail.find("line ");
        return at == std::string::npos ? 1 : std::max(1, std::atoi(error.detail.c_str() + at + 5));
    }

    void report(std::string rule, std::string text, Place place, Severity severity = Severity::warning) {
        closure_.findings.push_back({severity, std::move(rule), std::move(text), std::move(place)});
    }

    void follow_definitions(const Node definitions) {
        for (const auto& [kind, element] : link_elements(definitions.element)) {
            if (kind != LinkKind::wsdl_import) continue;  // those of inline schemas come with their schema
            if (const SourceFile* target = follow({element, definitions.file}, kind)) add_target(*target);
        }
        for (const xml::Element types : definitions.element.children(ns::wsdl, "types"))
            for (const xml::Element schema : types.children(ns::xsd, "schema"))
                add_schema({schema, definitions.file}, schema.attribute("targetNamespace").value_or(""), true,
                           false);
    }

    void add_target(const SourceFile& target) {
        const Node root{target.document.root(), &target};
        if (target.is_schema()) {
            add_schema(root, root.element.attribute("targetNamespace").value_or(""), false, false);
        } else if (std::none_of(closure_.definitions.begin(), closure_.definitions.end(),
                                [&](const Node& known) { return known.file == &target; })) {
            closure_.definitions.push_back(root);
        }
    }

    void add_schema(const Node& root, const std::string& effective, bool is_inline, bool included) {
        const auto [known, fresh] =
            schema_numbers_.try_emplace({root.element.raw(), effective}, closure_.schemas.size());
        if (!fresh) {
            closure_.schemas[known->second].included &= included;
            return;
        }
        const bool chameleon = !effective.empty() && !root.element.attribute("targetNamespace");
        closure_.schemas.push_back({root, effective, is_inline, chameleon, included});
    }

    void follow_schema(std::size_t number) {
        const Schema schema = closure_.schemas[number];
        for (const auto& [kind, element] : link_elements(schema.root.element)) {
            const SourceFile* target = follow({element, schema.root.file}, kind);
            if (target == nullptr) continue;
            const xml::Element root = target->document.root();
            if (!target->is_schema()) {
                if (kind == LinkKind::schema_import)
                    add_target(*target);  // a WSDL; its types count (R2004 says so)
                continue;
            }
            const std::string own = root.attribute("targetNamespace").value_or("");
            const bool included = kind != LinkKind::schema_import;
            add_schema({root, target}, included && own.empty() ? schema.ns : own, false, included);
        }
    }

    // Records the link once and says where it leads.
    const SourceFile* follow(const Node& from, LinkKind kind) {
        if (const auto known = links_.find(from.element.raw()); known != links_.end()) return known->second;
        Link link{kind, from, from.element.attribute("namespace").value_or(""),
                  location_of(kind, from.element), nullptr};
        if (!link.location.empty()) {
            if (const auto path = find_file(bundle_, from.file->path, link.location)) {
                link.to = open(*path);
            } else {
                report_unreachable(link);
            }
        }
        links_[from.element.raw()] = link.to;
        closure_.links.push_back(link);
        return link.to;
    }

    void report_unreachable(const Link& link) {
        const Place place = link.from.place();
        const Location target = locate(link.from.file->path, link.location);
        const bool replaced = link.kind == LinkKind::schema_import && !well_known_schema(link.ns).empty();
        const std::string quoted = "\"" + link.location + "\"";
        if (target.kind == Location::Kind::absolute) {
            if (replaced)
                return report("HT-WSDL-002", quoted + " is not fetched; the gateway's own copy is used",
                              place, Severity::note);
            return report("HT-WSDL-002",
                          quoted + " is an absolute address and is not fetched" +
                              std::string(no_mend_needed) + "; ship the file as " + target.path,
                          place);
        }
        if (target.kind == Location::Kind::outside)
            return report("HT-WSDL-003",
                          quoted + " leads out of the contract's folder; ship the file inside it", place);
        report("HT-WSDL-001", quoted + " is missing; add the file " + target.path, place);
    }

    void report_unreached() {
        std::set<std::string_view> reached;
        for (const SourceFile& file : closure_.files) reached.insert(file.path);
        for (const auto& [path, text] : bundle_.files)
            if (!reached.contains(path))
                report("HT-WSDL-005", "nothing imports this file; it is kept but not published", {path, 1},
                       Severity::note);
    }

    const Bundle& bundle_;
    const config::Wsdl& limits_;
    Closure closure_;
    std::map<std::string, const SourceFile*> opened_;
    std::map<const void*, const SourceFile*> links_;
    std::map<std::pair<const void*, std::string>, std::size_t> schema_numbers_;
};

}  // namespace

Result<Closure> gather(const Bundle& bundle, const config::Wsdl& limits) {
    return Gatherer(bundle, limits).run();
}

bool SourceFile::is_schema() const {
    return document.root().is(ns::xsd, "schema");
}

bool Closure::defines_namespace(std::string_view ns) const {
    return std::any_of(schemas.begin(), schemas.end(), [&](const Schema& schema) { return schema.ns == ns; });
}

xml::Limits parser_limits(const config::Wsdl& limits) {
    xml::Limits result;
    result.bytes = static_cast<std::size_t>(std::min<std::uint64_t>(limits.max_bundle_bytes, 1u << 30));
    result.depth = 200;       // content models nest deeper than messages
    result.attributes = 256;  // generated contracts declare hundreds of prefixes on their root
    result.name_bytes = 1024;
    return result;
}

std::vector<std::pair<LinkKind, xml::Element>> link_elements(xml::Element root) {
    std::vector<std::pair<LinkKind, xml::Element>> result;
    const auto add_schema = [&](xml::Element schema) {
        for (const xml::Element child : schema.children()) {
            if (child.ns() != ns::xsd) continue;
            if (child.local() == "import") result.emplace_back(LinkKind::schema_import, child);
            if (child.local() == "include") result.emplace_back(LinkKind::include, child);
            if (child.local() == "redefine") result.emplace_back(LinkKind::redefine, child);
        }
    };
    if (root.is(ns::xsd, "schema")) {
        add_schema(root);
        return result;
    }
    for (const xml::Element child : root.children()) {
        if (child.is(ns::wsdl, "import")) result.emplace_back(LinkKind::wsdl_import, child);
        if (child.is(ns::wsdl, "types"))
            for (const xml::Element schema : child.children(ns::xsd, "schema")) add_schema(schema);
    }
    return result;
}

std::string location_of(LinkKind kind, xml::Element element) {
    return element.attribute(kind == LinkKind::wsdl_import ? "location" : "schemaLocation").value_or("");
}

}  // namespace hutong::wsdl

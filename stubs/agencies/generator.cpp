#include "stubs/agencies/generator.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "stubs/agencies/credit_code.hpp"
#include "stubs/agencies/regions.hpp"

namespace hutong::agencies {

namespace {

using Word = std::string_view;

constexpr std::array<Word, 40> first_syllables{"华", "中", "金", "盛", "瑞", "恒", "泰", "鑫", "宏", "嘉",
                                               "博", "汇", "天", "远", "信", "安", "德", "锦", "东", "海",
                                               "新", "正", "万", "永", "同", "凯", "启", "云", "星", "龙",
                                               "景", "晨", "广", "兴", "诚", "智", "联", "百", "康", "益"};
constexpr std::array<Word, 36> second_syllables{"达", "源", "通", "丰", "和", "利", "元", "昌", "隆",
                                                "业", "辉", "邦", "顺", "林", "宇", "成", "科", "诺",
                                                "润", "泽", "茂", "禾", "川", "洋", "驰", "航", "越",
                                                "众", "创", "捷", "力", "图", "凡", "嘉", "祥", "阳"};

struct Trade {
    Word name;
    Word scope;
};
constexpr std::array<Trade, 16> trades{
    Trade{"信息技术", "软件开发；信息系统集成服务；数据处理和存储支持服务"},
    Trade{"贸易", "货物进出口；日用百货、五金产品销售"},
    Trade{"建筑工程", "房屋建筑工程施工；市政公用工程施工"},
    Trade{"物流", "道路普通货物运输；仓储服务；货运代理"},
    Trade{"生物科技", "生物技术研发、技术转让；实验室试剂销售"},
    Trade{"餐饮管理", "餐饮服务；餐饮企业管理；食品经营"},
    Trade{"文化传媒", "文化艺术交流策划；广告设计、制作、代理、发布"},
    Trade{"机械制造", "通用机械设备制造、销售、维修"},
    Trade{"电子科技", "电子元器件、集成电路研发与销售"},
    Trade{"环保科技", "环境污染治理；环保设备销售、安装"},
    Trade{"农业发展", "农作物种植；农产品初加工及销售"},
    Trade{"医疗器械", "第一类、第二类医疗器械销售及租赁"},
    Trade{"教育咨询", "教育信息咨询；图书、文具用品零售"},
    Trade{"房地产开发", "房地产开发经营；物业管理；房屋租赁"},
    Trade{"新能源", "光伏设备及元器件制造、销售；新能源技术推广"},
    Trade{"供应链管理", "供应链管理服务；装卸搬运；国内贸易代理"}};

constexpr std::array<Word, 30> surnames{"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴",   "周",
                                        "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高",   "罗",
                                        "郑", "梁", "谢", "宋", "唐", "许", "邓", "韩", "欧阳", "司马"};
constexpr std::array<Word, 40> given{"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋",
                                     "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平",
                                     "刚", "桂", "文", "辉", "建", "国", "志", "海", "晓", "玉",
                                     "宇", "浩", "思", "雨", "嘉", "子", "晨", "永", "新", "春"};
constexpr std::array<Word, 20> streets{"人民路",   "中山路", "解放路", "建设大道", "和平街",
                                       "科技园路", "文化路", "长江路", "黄河路",   "迎宾大道",
                                       "工业南路", "新华街", "学府路", "滨河路",   "湖滨路",
                                       "创业大道", "友谊路", "金融街", "软件园路", "东风路"};
constexpr std::array<Word, 3> state_taxes{"valueAdded", "consumption", "enterpriseIncome"};
constexpr std::array<Word, 3> local_taxes{"cityConstruction", "property", "stamp"};
constexpr std::array<Word, 10> ratings{"A", "A", "B", "B", "B", "B", "M", "M", "C", "D"};

std::string yuan(std::uint64_t cents) {
    char text[32];
    std::snprintf(text, sizeof text, "%llu.%02u", static_cast<unsigned long long>(cents / 100),
                  static_cast<unsigned>(cents % 100));
    return text;
}

std::string iso_date(int year, int month, int day) {
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    return text;
}

Company sample() {
    return {.credit_code = std::string(sample_credit_code),
            .name = "福州互通信息技术有限公司",
            .status = "active",
            .legal_person = "林晓明",
            .registered_capital = "10000000.00",
            .established_on = "2015-10-01",
            .region_code = "350102",
            .address = "福建省福州市鼓楼区软件园路89号",
            .business_scope = std::string(trades[0].scope)};
}

}  // namespace

std::uint64_t Generator::below(std::uint64_t limit) {
    return random_() % limit;
}

std::string Generator::person() {
    std::string name(pick(surnames));
    name += pick(given);
    if (!one_in(4)) name += pick(given);
    return name;
}

std::string Generator::date(int first_year, int last_year) {
    const int year =
        first_year + static_cast<int>(below(static_cast<std::uint64_t>(last_year - first_year + 1)));
    const int month = 1 + static_cast<int>(below(12));
    return iso_date(year, month, 1 + static_cast<int>(below(28)));
}

Company Generator::company() {
    const Region& region = pick(regions());
    const Trade& trade = pick(trades);
    Company company;
    do {
        company.name = region.short_name;
        company.name += pick(first_syllables);
        company.name += pick(second_syllables);
        company.name += trade.name;
        company.name += one_in(12) ? "股份有限公司" : "有限公司";
    } while (!names_.insert(company.name).second);

    std::string body;
    do {
        body = "MA";  // what the organisation codes given out since the reform of 2015 begin with
        for (int i = 0; i < 6; ++i) body += pick(credit_alphabet);
    } while (!bodies_.insert(body).second);

    company.credit_code = make_credit_code("91", region.code, body);
    company.status = one_in(25) ? "revoked" : one_in(15) ? "cancelled" : "active";
    company.legal_person = person();
    company.registered_capital = yuan((1 + below(500)) * 100'000 * 100);
    company.established_on = date(1996, 2023);
    company.region_code = region.code;
    company.address =
        std::string(region.full_name) + std::string(pick(streets)) + std::to_string(1 + below(999)) + "号";
    company.business_scope = trade.scope;
    return company;
}

TaxAccount Generator::tax_account(const Company& company, Bureau bureau) {
    const bool state = bureau == Bureau::state;
    TaxAccount account{.bureau = bureau,
                       .credit_code = company.credit_code,
                       .taxpayer_name = company.name,
                       .standing = company.status == "cancelled" ? "closed" : "normal",
                       .rating = std::string(pick(ratings)),
                       .tax_office = {},
                       .registered_on = company.established_on,
                       .arrears_total = {},
                       .arrears = {}};
    const Region* region = find_region(company.region_code);
    account.tax_office = std::string(region->city) + (state ? "国家税务局" : "地方税务局");
    std::uint64_t total = 0;
    if (account.standing == "normal" && one_in(6)) {
        account.standing = "arrears";
        for (std::uint64_t i = 1 + below(4); i > 0; --i) {
            const int month = 1 + static_cast<int>(below(11));
            const std::uint64_t cents = 10'000 + below(50'000'000);
            total += cents;
            account.arrears.push_back({.tax_kind = std::string(state ? pick(state_taxes) : pick(local_taxes)),
                                       .period = iso_date(2024, month, 1).substr(0, 7),
                                       .amount = yuan(cents),
                                       .due_on = iso_date(2024, month + 1, 15)});
        }
        std::ranges::sort(account.arrears, {}, &Arrears::due_on);
    }
    account.arrears_total = yuan(total);
    return account;
}

Organisation organisation_of(const Company& company) {
    const int year = std::stoi(company.established_on.substr(0, 4));
    return {.organisation_code = std::string(organisation_of(company.credit_code)),
            .credit_code = company.credit_code,
            .name = company.name,
            .address = company.address,
            .issued_on = company.established_on,
            // Days beyond the 28th are left out, so that ten years later is a date in every year.
            .valid_until = std::to_string(year + 10) + company.established_on.substr(4, 4) +
                           std::min(company.established_on.substr(8, 2), std::string("28"))};
}

Dossier Generator::next() {
    Dossier dossier;
    dossier.company = sample_made_ ? company() : sample();
    if (!sample_made_) names_.insert(dossier.company.name);
    sample_made_ = true;
    dossier.organisation = organisation_of(dossier.company);
    dossier.state_tax = tax_account(dossier.company, Bureau::state);
    dossier.local_tax = tax_account(dossier.company, Bureau::local);
    return dossier;
}

}  // namespace hutong::agencies

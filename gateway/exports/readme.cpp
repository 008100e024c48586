// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/readme.hpp"

namespace vanthu::exports {

std::string by_hand(const std::string& number, std::string_view language) {
  const bool vi = language == "vi";
  const auto say = [&](const char* vietnamese, const char* english) {
    return std::string("  # ") + (vi ? vietnamese : english) + '\n';
  };
  return "  N=" + number + "; P=data/proofs/$N.tlog-proof\n" +
         say("dấu vân tay của thư và của phần mô tả lúc nhận",
             "digests of the letter and of what was written about it") +
         "  H1=$(cat data/records/$N.eml data/delivered/$N.part 2>/dev/null | sha256sum | cut -c1-64)\n"
         "  H2=$(cat data/proofs/$N.meta.sha256 2>/dev/null || sha256sum <data/proofs/$N.meta.json | cut -c1-64)\n" +
         say("lá của cây (100 octet) và khoá che (32 octet) nằm ở dòng \"extra\"",
             "the leaf (100 octets) and the blinding (32) stand in the line \"extra\"") +
         "  sed -n 's/^extra //p' $P | base64 -d >/tmp/extra; head -c 100 /tmp/extra >/tmp/leaf\n"
         "  R=$(tail -c 32 /tmp/extra | od -An -v -tx1 | tr -d ' \\n')\n" +
         say("hai dòng sau phải giống nhau: cam kết tính lại, và cam kết trong lá",
             "these two must be equal: the commitment made again, and the one in the leaf") +
         "  (printf rec1; printf %s%s $H1 $H2 | sed 's/../\\\\x&/g' | xargs -0 printf '%b') | openssl dgst -sha256 "
         "-mac "
         "HMAC -macopt hexkey:$R -r | cut -c1-64\n"
         "  tail -c +37 /tmp/leaf | head -c 32 | od -An -v -tx1 | tr -d ' \\n'; echo\n" +
         say("giá trị băm của lá; đường đi trong tệp chứng minh dẫn từ đó tới gốc đã ký (RFC 9162 mục 2.1.3.2)",
             "the leaf's hash; the path in the proof leads from it to the signed root (RFC 9162 section 2.1.3.2)") +
         "  (printf '\\0'; cat /tmp/leaf) | sha256sum\n" +
         say("chữ ký trên gốc: KEY là khoá bạn lấy từ nơi tin cậy",
             "the signature over the root: KEY is the one you trust") +
         "  KEY=$(cat data/proofs/key.txt); C=data/proofs/checkpoint\n" + signature_by_hand();
}

std::string signature_by_hand() {
  // 12 octets that stand before an Ed25519 key in DER (RFC 8410 section 4); 4 of the key's id before a signature.
  return "  sed '/^$/,$d' $C >/tmp/head; sed -n 's/^\u2014 [^ ]* //p' $C | head -n 1 | base64 -d | tail -c +5 "
         ">/tmp/sig\n"
         "  (printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'; printf %s \"$KEY\" | cut -d+ -f3- "
         "| "
         "base64 -d | tail -c 32) >/tmp/key\n"
         "  openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey /tmp/key -in /tmp/head -sigfile /tmp/sig\n";
}

std::string readme(const Plan& plan, std::string_view language) {
  const std::string numbers = std::to_string(plan.records.size());
  if (language == "en")
    return "Records of official correspondence, exported from a Vanthu archive\n"
           "==================================================================\n\n"
           "Whose:     " +
           plan.organization + "\nExport:    " + plan.id + ", " + plan.began + ", by " + plan.actor +
           "\nPurpose:   " + plan.purpose + "\nWhat:      " + plan.what + " (" + numbers +
           " records)\nLog:       " + plan.origin +
           "\n\n"
           "What lies where\n"
           "  data/records/N.eml       record number N, octet for octet as it was received or sent\n"
           "  data/delivered/N.part    only where the gateway delivered a letter in another reading than it came in\n"
           "  data/metadata/N.xml      its document card (edXML names of QCVN 102, fields of Circular "
           "05/2025/TT-BNV),\n"
           "  data/metadata/N.json     its envelope with the blind copies that whoever exported it may know, "
           "registers,\n"
           "                           files and history\n"
           "  data/proofs/N.*          proof that the record stood in the signed log, and what is needed to check it;\n"
           "                           N.meta.json what was written about it when it came (envelope, facts, decision), "
           "or\n"
           "                           N.meta.sha256 only its SHA-256 where it names blind copies (Bcc) of other "
           "units\n"
           "  data/files/, data/registers/lines.csv, data/fonds*    files (ho so), lines of registers, fonds\n"
           "  data/disposals/          decisions of the council on disposals, as they were scanned\n"
           "  data/list.tsv            every number that was asked for: handed out, or disposed of by which decision\n"
           "  manifest-sha256.txt      SHA-256 of every file below data/\n\n"
           "How to check\n"
           "1. That nothing was damaged on the way, in this folder:\n"
           "     sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt\n"
           "2. That it is what the archive accepted and logged; needs no network and no other file:\n"
           "     tools/vanthu-verify bag . --key '" +
           plan.key +
           "'\n"
           "   Do not believe the key that stands here: compare it with the one that the office published or gave to "
           "you\n"
           "   by another way. Whoever can change this folder can change this line and the program too; a program from "
           "a\n"
           "   place that you trust is the better one. Exit: 0 verified and witnessed, 2 verified but not yet "
           "witnessed,\n"
           "   1 something is wrong. With keys of witnesses: --witness KEY.\n"
           "3. By hand, with sha256sum and openssl alone, for one record:\n\n" +
           by_hand("N", "en") +
           "\nOctets of letters are foreign: open attachments with the care that any attachment deserves.\n"
           "This folder holds what was meant for the purpose above; personal data in it are protected by law.\n";
  return "Tài liệu lưu trữ công văn, xuất từ kho lưu trữ Vanthu\n"
         "=====================================================\n\n"
         "Cơ quan:   " +
         plan.organization + "\nLần xuất:  " + plan.id + ", " + plan.began + ", người xuất " + plan.actor +
         "\nMục đích:  " + plan.purpose + "\nNội dung:  " + plan.what + " (" + numbers +
         " bản ghi)\nSổ:        " + plan.origin +
         "\n\n"
         "Trong thư mục này có gì\n"
         "  data/records/N.eml       bản ghi số N, đúng từng octet như lúc nhận hoặc gửi\n"
         "  data/delivered/N.part    chỉ có khi cổng phát đi một cách đọc khác với bản đã nhận\n"
         "  data/metadata/N.xml      thẻ văn bản (tên trường edXML của QCVN 102, trường của Thông tư 05/2025/TT-BNV),\n"
         "  data/metadata/N.json     phong bì (cả người nhận bí mật Bcc mà người xuất được biết), sổ, hồ sơ và lịch "
         "sử\n"
         "  data/proofs/N.*          chứng minh bản ghi nằm trong sổ đã ký, và những gì cần để kiểm; N.meta.json là\n"
         "                           phần mô tả lúc nhận (phong bì, dữ kiện, quyết định), hoặc N.meta.sha256 chỉ là\n"
         "                           SHA-256 của nó nếu nó nêu người nhận bí mật (Bcc) của đơn vị khác\n"
         "  data/files/, data/registers/lines.csv, data/fonds*    hồ sơ, dòng sổ văn bản, phông\n"
         "  data/disposals/          bản quét các quyết định hủy tài liệu của hội đồng\n"
         "  data/list.tsv            mọi số được yêu cầu: đã xuất, hoặc đã hủy theo quyết định nào\n"
         "  manifest-sha256.txt      SHA-256 của mọi tệp trong data/\n\n"
         "Kiểm tra thế nào\n"
         "1. Tệp có bị hỏng trên đường đi không, gõ trong thư mục này:\n"
         "     sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt\n"
         "2. Có đúng là thứ kho đã nhận và ghi sổ không; không cần mạng, không cần tệp nào khác:\n"
         "     tools/vanthu-verify bag . --key '" +
         plan.key +
         "'\n"
         "   Đừng tin khoá in ở đây: hãy so với khoá mà cơ quan đã công bố hoặc đưa cho bạn bằng đường khác. Ai sửa "
         "được\n"
         "   thư mục này thì cũng sửa được dòng này và cả chương trình; nên dùng chương trình lấy từ nơi bạn tin. Mã "
         "thoát:\n"
         "   0 đúng và đã có bên chứng kiến, 2 đúng nhưng chưa có bên chứng kiến, 1 có chỗ sai. Khoá của bên chứng "
         "kiến:\n"
         "   --witness KHOÁ.\n"
         "3. Kiểm bằng tay một bản ghi, chỉ với sha256sum và openssl:\n\n" +
         by_hand("N", "vi") +
         "\nNội dung thư do người khác viết: hãy cẩn thận khi mở tệp gửi kèm.\n"
         "Thư mục này chỉ dùng cho mục đích ghi ở trên; dữ liệu cá nhân trong đó được pháp luật bảo vệ.\n";
}

std::string package_readme(const Plan& plan, std::string_view language) {
  const std::string numbers = std::to_string(plan.records.size());
  const std::string check = "     vanthu-verify proof representations/rep1/metadata/other/N.tlog-proof --key '" +
                            plan.key +
                            "' \\\n       --eml representations/rep1/data/N.eml --meta "
                            "representations/rep1/metadata/other/N.meta.json\n";
  const std::string by_digest = "     … --meta-digest $(cat representations/rep1/metadata/other/N.meta.sha256)\n";
  if (language == "en")
    return "Records of official correspondence, an information package after E-ARK CSIP 2.2\n"
           "===============================================================================\n\n"
           "Whose:     " +
           plan.organization + "\nPackage:   " + plan.id + ", " + plan.began + ", by " + plan.actor +
           "\nPurpose:   " + plan.purpose + "\nWhat:      " + plan.what + " (" + numbers +
           " records)\nLog:       " + plan.origin +
           "\n\n"
           "METS.xml                         lists everything here; representations/rep1/METS.xml the records\n"
           "metadata/descriptive/            fonds (p_), files (f_), lines of registers\n"
           "metadata/preservation/           PREMIS: how this package was made\n"
           "metadata/other/                  signed head of the log, its key, authorities of time stamps\n"
           "documentation/list.tsv           every number that was asked for: handed out, or disposed of, and why\n"
           "representations/rep1/data/       N.eml: record N, octet for octet as it came; N.part: as it was "
           "delivered,\n"
           "                                 where that was another reading\n"
           "representations/rep1/metadata/   descriptive/N.xml its card (edXML, Circular 05/2025), preservation/N.xml\n"
           "                                 what happened to it (PREMIS), other/N.* its proof\n"
           "schemas/                         of our cards alone, where CSIP113 wants all; those of METS and PREMIS\n"
           "                                 are the Library of Congress's\n\n"
           "That a record is what the archive accepted and logged, without a network:\n" +
           check +
           "Where a meta part names blind copies (Bcc) of other units there is only its SHA-256; then instead of "
           "--meta:\n" +
           by_digest +
           "Do not believe the key that stands here: compare it with the one that the office published.\n"
           "Outside this folder manifest-sha256.txt has the SHA-256 of every file; export.tlog-proof proves that the "
           "log\n"
           "has that manifest's digest.\n";
  return "Tài liệu lưu trữ công văn, gói thông tin theo E-ARK CSIP 2.2\n"
         "===========================================================\n\n"
         "Cơ quan:   " +
         plan.organization + "\nGói:       " + plan.id + ", " + plan.began + ", người xuất " + plan.actor +
         "\nMục đích:  " + plan.purpose + "\nNội dung:  " + plan.what + " (" + numbers +
         " bản ghi)\nSổ:        " + plan.origin +
         "\n\n"
         "METS.xml                         liệt kê mọi tệp; representations/rep1/METS.xml liệt kê bản ghi\n"
         "metadata/descriptive/            phông (p_), hồ sơ (f_), dòng sổ văn bản\n"
         "metadata/preservation/           PREMIS: gói này được lập thế nào\n"
         "metadata/other/                  đầu sổ đã ký, khoá của sổ, chứng thư của dấu thời gian\n"
         "documentation/list.tsv           mọi số được yêu cầu: đã xuất, hoặc đã hủy, vì sao\n"
         "representations/rep1/data/       N.eml: bản ghi N đúng từng octet; N.part: bản đã phát đi nếu đọc khác đi\n"
         "representations/rep1/metadata/   descriptive/N.xml thẻ văn bản (edXML, Thông tư 05/2025), "
         "preservation/N.xml\n"
         "                                 những gì đã xảy ra (PREMIS), other/N.* chứng minh\n"
         "schemas/                         chỉ của các thẻ (CSIP113 đòi đủ); của METS và PREMIS do Thư viện Quốc hội "
         "Mỹ công bố\n\n"
         "Kiểm một bản ghi có đúng là thứ kho đã nhận và ghi sổ không, không cần mạng:\n" +
         check +
         "Nếu phần mô tả nêu người nhận bí mật (Bcc) của đơn vị khác thì chỉ có SHA-256 của nó; khi đó thay cho "
         "--meta:\n" +
         by_digest +
         "Đừng tin khoá in ở đây: hãy so với khoá mà cơ quan đã công bố.\n"
         "Ngoài thư mục này, manifest-sha256.txt có SHA-256 của mọi tệp; export.tlog-proof chứng minh sổ đã ghi "
         "SHA-256\n"
         "của tệp ấy.\n";
}

}  // namespace vanthu::exports

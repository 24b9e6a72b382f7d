using System.Text;
using System.Text.Json;
using ReAim.Capture.Commands;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Commands;

/// <summary>What the user's locale cannot show is written in ASCII that means the same.</summary>
[TestFixture]
internal sealed class LocaleTests
{
    [TestCase("C", "us-ascii")]
    [TestCase("POSIX", "us-ascii")]
    [TestCase("de_DE.ISO-8859-1", "iso-8859-1")]
    [TestCase("de_DE.iso88591@euro", "iso-8859-1")]
    [TestCase("de_DE.ISO-8859-15@euro", "us-ascii")]
    [TestCase("ru_RU.KOI8-R", "us-ascii")]
    [TestCase("de_DE.UTF-8", null)]
    [TestCase("C.utf8", null)]
    [TestCase("de_DE", null)]
    [TestCase("", null)]
    public void The_encoding_is_the_locales(string locale, string? encoding) =>
        Assert.That(LocaleEncoding.Read(name => name == "LC_ALL" ? locale : null)?.WebName, Is.EqualTo(encoding));

    [Test]
    public void The_first_variable_that_is_set_decides()
    {
        Assert.That(Of(("LANG", "C")), Is.True);
        Assert.That(Of(("LANG", "C"), ("LC_CTYPE", "de_DE.UTF-8")), Is.False);
        Assert.That(Of(("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")), Is.True);
        Assert.That(Of(("LANG", "C"), ("LC_ALL", "")), Is.True);

        static bool Of(params (string Name, string Value)[] variables) =>
            LocaleEncoding.Read(name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault()) is not null;
    }

    [TestCase("C")]
    [TestCase("de_DE.ISO-8859-1")]
    public void Every_ladder_can_be_read_in_an_8_bit_locale(string locale)
    {
        foreach (string recording in Recordings.All)
        {
            string usual = CommandRun.Of("inspect", Recordings.PathOf(recording)).Output;
            string plain = Run(locale, "inspect", Recordings.PathOf(recording));
            Assert.That(plain.Count(letter => letter == '?'), Is.EqualTo(usual.Count(letter => letter == '?')), recording);
            Assert.That(plain, Does.Contain("->").And.Contain("<-"));
            Assert.That(plain.Split('\n'), Has.Length.EqualTo(usual.Split('\n').Length));
        }
    }

    [Test]
    public void A_letter_that_ascii_cannot_paraphrase_becomes_a_question_mark() =>
        Assert.That(Encoded("→ ← · µ × … — “a” 日 \U0001F600 ü"), Is.EqualTo("-> <- * u x ... - \"a\" ? ? ?"));

    [Test]
    public void Json_stays_json_and_says_the_same()
    {
        foreach (string recording in Recordings.All.Take(5))
        {
            JsonElement usual = CommandRun.Of("inspect", Recordings.PathOf(recording), "--json", "--show-text").Json;
            string plain = Run("C", "inspect", Recordings.PathOf(recording), "--json", "--show-text");
            Assert.That(JsonElement.DeepEquals(JsonDocument.Parse(plain).RootElement, usual), Is.True, recording);
        }
    }

    private static string Encoded(string text) => Encoding.ASCII.GetString(LocaleEncoding.Read(_ => "C")!.GetBytes(text));

    private static string Run(string locale, params string[] args)
    {
        Encoding encoding = LocaleEncoding.Read(_ => locale)!;
        using var bytes = new MemoryStream();
        using (var output = TextWriter.Synchronized(new StreamWriter(bytes, encoding)))
        {
            Assert.That(CommandLine.Run(args, output, TextWriter.Null), Is.Zero);
        }

        return encoding.GetString(bytes.ToArray());
    }
}

using System.Reflection;
using ReAim.Capture.Diverters.Listen;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Tests.Diverters;

internal sealed class ListeningTranslatorTests
{
    /// <summary>What the interface itself answers would be swallowed here: a relay behind it would not hear that neighbours are to be kept out.</summary>
    [Test]
    public void Every_order_and_every_question_goes_on_to_the_translator_behind()
    {
        InterfaceMapping members = typeof(ListeningTranslator).GetInterfaceMap(typeof(ITranslator));
        IEnumerable<string> swallowed = members.TargetMethods.Where(method => method.DeclaringType != typeof(ListeningTranslator)).Select(method => method.Name);
        Assert.That(swallowed, Is.Empty);
    }
}

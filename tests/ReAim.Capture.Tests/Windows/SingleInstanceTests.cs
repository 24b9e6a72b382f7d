using ReAim.Capture.Windows;

namespace ReAim.Capture.Tests.Windows;

internal sealed class SingleInstanceTests
{
    private readonly string _name = $@"Global\reaim-test-{Guid.NewGuid():N}";

    [Test]
    public void A_second_one_is_refused_until_the_first_has_ended()
    {
        using (SingleInstance.Take(_name))
        {
            Assert.That(SingleInstance.IsTaken(_name), Is.True);
            Exception? refusal = null;
            var second = new Thread(() =>
            {
                try
                {
                    SingleInstance.Take(_name).Dispose();
                }
                catch (BadInputException bad)
                {
                    refusal = bad;
                }
            });
            second.Start();
            second.Join();
            Assert.That(refusal?.Message, Does.StartWith("reaim runs here already"));
        }

        Assert.That(SingleInstance.IsTaken(_name), Is.False);
        SingleInstance.Take(_name).Dispose();
    }

    [Test]
    public void One_that_died_with_it_is_no_hindrance()
    {
        var first = new Thread(() => SingleInstance.Take(_name));
        first.Start();
        first.Join();
        Assert.That(() => SingleInstance.Take(_name).Dispose(), Throws.Nothing);
    }
}

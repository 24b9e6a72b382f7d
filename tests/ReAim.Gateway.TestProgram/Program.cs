using System.CommandLine;
using ReAim.Capture;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Gateway.Supervision.Portable;
using ReAim.Capture.Windows;
using ReAim.Gateway.TestProgram;

// worker HABIT … : what a supervisor starts.  supervise HABIT : a supervisor of such workers, with rules that are only words.
// child HABIT … and supervise-child HABIT: the same where there is no Linux.
var habit = new Argument<string>("HABIT");
var worker = new Command("worker") { habit };
WorkerLink.AddTo(worker);
worker.SetAction(result => TestWorker.Run(result.GetRequiredValue(habit), WorkerLink.From(result)));

var flaw = new Option<string?>("--flaw") { Description = "A file: while it is there, the rules are broken." };
var stopFails = new Option<bool>("--stop-fails");
var supervise = new Command("supervise") { habit, flaw, stopFails };
supervise.SetAction(result =>
{
    using InstanceLock instance = InstanceLock.Take();
    var starter = new WorkerStarter(WorkerProgram.Own(), ThreadRights.NetAdmin);
    var rules = new TestRules(result.GetValue(flaw), result.GetValue(stopFails));
    using var host = new LinuxWorkerHost(starter, ["worker", result.GetRequiredValue(habit)], instance);
    return new Supervisor(rules, host, Console.Error.WriteLine) { Service = ServiceManager.FromEnvironment() }.Run();
});

var child = new Command("child") { habit };
WorkerHistory.AddTo(child);
child.SetAction(result => TestChild.Run(result.GetRequiredValue(habit), WorkerHistory.From(result)));

var superviseChild = new Command("supervise-child") { habit };
superviseChild.SetAction(result =>
{
    using var host = new ChildWorkerHost(WorkerProgram.Own(), ["child", result.GetRequiredValue(habit)], OperatingSystem.IsWindows() ? new WorkerJob().Adopt : _ => { }, mailbox => new ConsoleSignals(mailbox.Post));
    return new Supervisor(new TestRules(flaw: null, stopFails: false), host, Console.Error.WriteLine) { Service = new ServiceManager(null, 0) }.Run();
});

try
{
    return new RootCommand { worker, supervise, child, superviseChild }.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (BadInputException bad)
{
    Console.Error.WriteLine(bad.Message);
    return 2;
}

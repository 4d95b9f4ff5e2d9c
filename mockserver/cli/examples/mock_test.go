// mock_test.go: one mock for the tests of a package
package yours

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

var webui string

func TestMain(m *testing.M) {
	mock := exec.Command("sdapi-mock", "--port", "0", "--quiet")
	out, err := mock.StdoutPipe()
	if err != nil || mock.Start() != nil {
		fmt.Println("sdapi-mock cannot be started; pip install sdapi-conformance")
		os.Exit(1)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	webui = strings.TrimSpace(line[strings.LastIndex(line, " ")+1:])
	code := m.Run()
	_ = mock.Process.Kill()
	os.Exit(code)
}

func TestSurvivesOutOfMemory(t *testing.T) {
	fault := strings.NewReader(`{"fault": "oom", "times": 1}`)
	if _, err := http.Post(webui+"/_mock/faults", "application/json", fault); err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(webui+"/sdapi/v1/txt2img", "application/json", strings.NewReader("{}"))
	if err != nil || answer.StatusCode != http.StatusInternalServerError {
		t.Fatalf("wanted 500, got %v %v", answer, err)
	}
}
